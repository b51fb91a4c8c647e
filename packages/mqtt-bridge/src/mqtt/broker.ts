/** How to reach the broker. */
export interface BrokerAddress {
  readonly url: string;
  /** `auto` tries MQTT 5 first, and 3.1.1 where the broker does not know it. */
  readonly version: VersionChoice;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export type VersionChoice = "auto" | "5" | "3.1.1";

/** Version numbers as CONNECT carries them: 5, and 4 for MQTT 3.1.1. */
export type ProtocolVersion = 4 | 5;

/** The session, and the limits of the broker, as CONNACK names them. */
export interface Session {
  readonly isKept: boolean;
  /** Packets at QoS 1 and 2 that the broker takes before it has answered one. */
  readonly quota: number;
  readonly maximumQos: 0 | 1 | 2;
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number;
  readonly canRetain: boolean;
}

/** CONNACK, as mqtt-packet reads it. */
interface Connack {
  readonly sessionPresent: boolean;
  readonly properties?:
    | {
        readonly receiveMaximum?: number;
        readonly maximumQoS?: number;
        readonly maximumPacketSize?: number;
        readonly retainAvailable?: boolean;
      }
    | undefined;
}

/** Reads CONNACK; a property that is not there has the default of MQTT 5, section 3.2.2.3. */
export function sessionOf({ sessionPresent, properties = {} }: Connack): Session {
  const { receiveMaximum = 65_535, maximumQoS, maximumPacketSize, retainAvailable = true } = properties ?? {};
  return {
    isKept: sessionPresent,
    quota: receiveMaximum,
    maximumQos: maximumQoS === 0 || maximumQoS === 1 ? maximumQoS : 2,
    maximumPacketSize: maximumPacketSize ?? Number.POSITIVE_INFINITY,
    canRetain: retainAvailable,
  };
}

const LONGEST_OF_ONE_BYTE = 127;

/** Bytes of a PUBLISH packet, at most: fixed header, topic, packet id, an empty list of properties, payload. */
export function sizeOfPublish({ topic, payload }: { readonly topic: string; readonly payload: string }): number {
  const body = 2 + Buffer.byteLength(topic) + 2 + 1 + Buffer.byteLength(payload);
  let header = 2;
  for (let rest = body; rest > LONGEST_OF_ONE_BYTE; rest = Math.floor(rest / 128)) header++;
  return header + body;
}
