import { Readable } from "node:stream";
import type { Clock } from "@weighbridge/core";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { LIMITS } from "../limits.ts";

/** How to reach the broker. */
export interface BrokerAddress {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** What the broker must publish if the connection ends without a word. */
interface Will {
  readonly topic: string;
  readonly payload: string;
}

/** An event as it stands in the outbox, under the packet id that follows from its row. */
export interface Outgoing {
  readonly packetId: number;
  readonly topic: string;
  readonly payload: string;
}

/** What the handshake of an event has reached. All rows are known by packet id. */
export interface Handshake {
  /** Before the stored packets are sent again. `quota` is how many the broker takes at once. */
  connected(session: { readonly isKept: boolean; readonly quota: number }): Promise<void>;
  /** Everything stored was sent again; now new ones may go. */
  ready(): void;
  lost(): void;
  problem(error: Error): void;
  /** PUBREC came. Resolves when that is on disk; only then PUBREL goes out. */
  released(packetId: number): Promise<void>;
  /** PUBCOMP came. */
  completed(packetId: number): void;
  /** The broker refused it, with an MQTT reason code. */
  refused(packetId: number, reason: number): void;
  /** What must be sent again, in order: whole, or only its PUBREL. */
  pending(): readonly ({ readonly packetId: number } | Outgoing)[];
}

/** A connection for events and retained documents. It never subscribes: a SUBSCRIBE would take packet ids of the same numbers. */
export interface EventConnection {
  /** Only between `ready` and `lost`. */
  publishEvent(event: Outgoing, isRepeat: boolean): void;
  /** Retained, at QoS 0; resolves when it was written to the socket, in the order of the calls. */
  publishDocument(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

const options = ({ url: _url, ...login }: BrokerAddress): IClientOptions => ({
  ...login,
  // In MQTT 3.1.1 a refused event looks like an accepted one.
  protocolVersion: 5,
  connectTimeout: LIMITS.mqttConnectMs,
  reconnectPeriod: LIMITS.mqttRetryMs,
  // A wrong password can be set right at the broker, too: without this mqtt.js gives up for good.
  reconnectOnConnackError: true,
  keepalive: LIMITS.mqttKeepaliveS,
});

/** CONNACK codes of a broker that knows only MQTT 3.1.1, said in either version. */
const VERSION_REFUSED: ReadonlySet<unknown> = new Set([1, 132]);

/** Asks again at once in MQTT 3.1.1 where the broker knows no other; `report` hears of every other error. */
function handleErrors(client: MqttClient, report: (error: Error) => void): void {
  const { options } = client;
  client.on("error", (error) => {
    if (options.protocolVersion !== 5 || !VERSION_REFUSED.has((error as { code?: unknown }).code)) return report(error);
    options.protocolVersion = 4;
    options.reconnectPeriod = 1;
  });
  client.on("reconnect", () => {
    options.reconnectPeriod = LIMITS.mqttRetryMs;
  });
}

interface EventConnectionInput {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  readonly will: Will;
  readonly handshake: Handshake;
}

/**
 * Connects for publishing with a session that the broker keeps. mqtt.js is given a store and a source of packet ids that read and write the
 * outbox, so that after any end a new process goes on with the handshake of the old one.
 */
export function connectForEvents({ broker, clientId, will, handshake }: EventConnectionInput): EventConnection {
  const ids = new PacketIds();
  const client = mqtt.connect(broker.url, {
    ...options(broker),
    clientId,
    clean: false,
    properties: { sessionExpiryInterval: 0xffff_ffff },
    resubscribe: false,
    queueQoSZero: false,
    will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true },
    outgoingStore: outgoingStore(handshake) as unknown as NonNullable<IClientOptions["outgoingStore"]>,
    messageIdProvider: ids,
  });
  watch(client, handshake);
  return {
    publishEvent({ packetId, topic, payload }, isRepeat) {
      ids.next = packetId;
      client.publish(topic, payload, { qos: 2, dup: isRepeat });
      if (ids.next !== undefined)
        throw new Error("mqtt.js took no packet id: the event could go out under another one");
    },
    publishDocument: (topic, payload) =>
      new Promise((resolve) => {
        // One that is not written is published again with the next connection.
        client.publish(topic, payload, { qos: 0, retain: true }, () => resolve());
      }),
    close: () => end(client),
  };
}

function watch(client: MqttClient, handshake: Handshake): void {
  // `packetreceive` comes before mqtt.js acts on a packet: before the replay of the store, and before its answer to a PUBREC.
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "connack" && !packet.reasonCode && !packet.returnCode) {
      // mqtt.js leaves Nagle's algorithm on, which stalls a handshake of small packets for 40 ms.
      (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
      const quota = packet.properties?.receiveMaximum ?? 65_535;
      handshake.connected({ isKept: packet.sessionPresent, quota }).catch((error: Error) => handshake.problem(error));
    }
    if (packet.cmd === "pubrec" && (packet.reasonCode ?? 0) >= 0x80)
      handshake.refused(packet.messageId as number, packet.reasonCode as number);
  });
  client.on("connect", () => handshake.ready());
  client.on("close", () => handshake.lost());
  handleErrors(client, (error) => handshake.problem(error));
}

/** Hands out the one id that was set just before `publish`, which asks for it synchronously. */
class PacketIds {
  next: number | undefined;
  #last: number | null = null;

  allocate(): number {
    const id = this.next;
    if (id === undefined) throw new Error("a packet id was asked for that belongs to no row");
    this.next = undefined;
    this.#last = id;
    return id;
  }
  getLastAllocated(): number | null {
    return this.#last;
  }
  // The truth is the outbox: nothing that mqtt.js forgets or learns here matters.
  register(): boolean {
    return true;
  }
  deallocate(): void {}
  clear(): void {}
}

interface StoredPacket {
  readonly cmd: string;
  readonly messageId: number;
}
type Done = (error?: Error | null, packet?: StoredPacket) => void;

/** mqtt.js sends a packet only after `put` has called back, and `del` ends a row: at PUBCOMP, or at a PUBREC that refuses. */
function outgoingStore(handshake: Handshake) {
  const released = new Set<number>();
  return {
    put(packet: StoredPacket, done: Done) {
      if (packet.cmd === "publish") return done();
      released.add(packet.messageId);
      handshake.released(packet.messageId).then(
        () => done(),
        // The store has failed for good and ends the process: nothing more may be said to the broker.
        () => {},
      );
    },
    del(packet: StoredPacket, done: Done) {
      if (released.delete(packet.messageId)) handshake.completed(packet.messageId);
      done(null, packet);
    },
    get: (packet: StoredPacket, done: Done) => done(null, packet),
    createStream() {
      released.clear();
      return Readable.from(
        handshake.pending().map((pending) => {
          if ("topic" in pending) {
            const { packetId: messageId, topic, payload } = pending;
            return { cmd: "publish", messageId, topic, payload, qos: 2, retain: false, dup: true };
          }
          released.add(pending.packetId);
          return { cmd: "pubrel", qos: 2, messageId: pending.packetId };
        }),
      );
    },
    close: (done?: Done) => done?.(),
  };
}

/** A request, or a word of Home Assistant. */
export interface Incoming {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
}

/** An ordinary connection: takes requests, answers them. */
export interface ControlConnection {
  readonly isConnected: boolean;
  /** At QoS 1. Rejects where the broker refuses it, and where the connection ends first. */
  publish(
    topic: string,
    payload: string,
    more?: { readonly retain?: boolean; readonly correlationData?: Buffer },
  ): Promise<void>;
  close(): Promise<void>;
}

interface ControlInput {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly clock: Clock;
  onMessage(message: Incoming): void;
  onConnected(): void;
  /** The broker does not let us hear this topic. */
  onDeaf(topic: string, reason: number): void;
  /** It ended or cannot be made, told once for each kind. */
  onProblem(words: string): void;
  /** What is wrong with the broker as a whole is told by the other connection. */
  isBrokerThere(): boolean;
}

export function connectForControl(input: ControlInput): ControlConnection {
  const { broker, clientId, topics } = input;
  const client = mqtt.connect(broker.url, { ...options(broker), clientId, clean: true, resubscribe: false });
  watchControl(client, input);
  client.on("connect", () => {
    for (const topic of topics)
      client.subscribe(topic, { qos: 1 }, (_error, _granted, answer) => {
        const [reason = 0] = answer?.granted ?? [];
        if (Number(reason) >= 0x80) input.onDeaf(topic, Number(reason));
      });
    input.onConnected();
  });
  client.on("message", (topic, payload, { retain, properties }) => {
    const { responseTopic, correlationData } = properties ?? {};
    input.onMessage({
      topic,
      payload: payload.subarray(0, LIMITS.requestBytes + 1).toString("utf8"),
      isRetained: retain,
      ...(responseTopic === undefined ? {} : { responseTopic }),
      ...(correlationData === undefined ? {} : { correlationData }),
    });
  });
  return {
    get isConnected() {
      return client.connected;
    },
    async publish(topic, payload, { retain = false, correlationData } = {}) {
      const properties = correlationData === undefined ? {} : { properties: { correlationData } };
      try {
        await client.publishAsync(topic, payload, { qos: 1, retain, ...properties });
      } catch (cause) {
        throw reasonOf(cause) === undefined
          ? new Error("the connection ended before the broker took it", { cause })
          : cause;
      }
    },
    close: () => end(client),
  };
}

function watchControl(client: MqttClient, { clock, onProblem, isBrokerThere }: ControlInput): void {
  let told = "";
  let connectedAt: number | undefined;
  const tell = (words: string) => {
    if (words === told || client.disconnecting || !isBrokerThere()) return;
    told = words;
    onProblem(words);
  };
  client.on("connect", () => {
    connectedAt = clock.now();
  });
  client.on("disconnect", ({ reasonCode = 0 }) => tell(`the broker ended it with reason 0x${reasonCode.toString(16)}`));
  client.on("close", () => {
    // mqtt.js would send it again with each connection: what the broker cannot stand would end them all.
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    if (connectedAt === undefined) return;
    if (told === "") tell("the broker closed it");
    if (clock.now() - connectedAt >= LIMITS.connectionStandsMs) told = "";
    connectedAt = undefined;
  });
  handleErrors(client, ({ message }) => tell(message));
}

/** The reason code of a refusal, of MQTT 5 and of 3.1.1. */
export function reasonOf(error: unknown): number | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= 0x80 ? code : undefined;
}

/** Without waiting for what is in flight: that goes on with the next connection. */
const end = (client: MqttClient): Promise<void> => client.endAsync(true);
