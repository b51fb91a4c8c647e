import { Readable } from "node:stream";
import type { Clock } from "@weighbridge/core";
import type { IClientOptions, IClientPublishOptions, Packet } from "mqtt";
import type { BrokerAddress, Session } from "./broker.ts";
import { type BrokerProblem, REFUSALS } from "./endings.ts";
import { Link, type Made } from "./link.ts";
import { isDocumentId, PacketIds } from "./packet-ids.ts";

/** Published by the broker when the connection ends by itself. */
interface Will {
  readonly topic: string;
  readonly payload: string;
}

/** An event as it stands in the outbox, under the packet id that follows from its row. */
interface Outgoing {
  readonly packetId: number;
  readonly topic: string;
  readonly payload: string;
}

/** How far the handshake of an event has come. All rows are known by packet id. */
export interface Handshake {
  /** Whether the broker's session is not ours, and has to be forgotten first. */
  mustForget(): boolean;
  /** The broker has forgotten it. */
  forgotten(): void;
  /** CONNACK came. Resolves when PUBRELs may be sent again; documents may be published before. */
  connected(session: Session): Promise<void>;
  /** All PUBRELs were sent again; now events may go. */
  ready(): void;
  /** `reason` is that of DISCONNECT. */
  lost(reason: number | undefined): void;
  problem(problem: BrokerProblem): void;
  /** The broker is there, and stays. */
  good(): void;
  /** Whether the event was on the wire before. */
  isRepeat(packetId: number): boolean;
  /** PUBREC came. Resolves when that is on disk; only then PUBREL goes out. */
  released(packetId: number): Promise<void>;
  /** PUBACK came, or the event was written at QoS 0: its handshake has one step only. */
  acknowledged(packetId: number): void;
  /** PUBCOMP came. */
  completed(packetId: number): void;
  /** The broker refused it, with an MQTT reason code. */
  refused(packetId: number, reason: number): void;
  /** Events whose PUBREL must be sent again, in order. */
  releases(): readonly number[];
}

/** A connection for events and retained documents. It never subscribes: a SUBSCRIBE would take packet ids of the same numbers. */
export interface EventConnection {
  /** Only between `ready` and `lost`. */
  publishEvent(event: Outgoing, isRepeat: boolean): void;
  /** Retained, at QoS 1, written in the order of the calls. Resolves when the broker has it; rejects where the broker refuses it or the connection ends. */
  publishDocument(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

interface EventConnectionInput {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  readonly will: Will;
  readonly clock: Clock;
  readonly handshake: Handshake;
}

/** PUBREC: the packet id is in use. */
const ID_IN_USE = 0x91;

/**
 * Connects for publishing with a session that the broker keeps. mqtt.js is given a store and a source of packet ids that read and write the
 * outbox, so that after any end a new process goes on with the handshake of the old one.
 */
export function connectForEvents(input: EventConnectionInput): EventConnection {
  const { broker, clientId, clock, handshake } = input;
  const ids = new PacketIds();
  let made: Made | undefined;
  const link = new Link({
    broker,
    clientId,
    clock,
    options: ({ version, willQos }, session) => ({
      clean: false,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 0xffff_ffff } } : {}),
      queueQoSZero: false,
      ...willOf(input.will, willQos),
      outgoingStore: outgoingStore(handshake, session) as unknown as NonNullable<IClientOptions["outgoingStore"]>,
      messageIdProvider: ids,
    }),
    mustForget: () => handshake.mustForget(),
    onForgotten: () => handshake.forgotten(),
    onPacket: (packet) => readAnswer(packet, handshake),
    onConnected: (connected) => {
      made = connected;
    },
    onReady: () => handshake.ready(),
    onLost: (reason) => {
      made = undefined;
      handshake.lost(reason);
    },
    onProblem: (problem) => handshake.problem(problem),
    onGood: () => handshake.good(),
  });
  link.start();
  return {
    publishEvent: (event, isRepeat) => publishEvent(use(made), ids, event, isRepeat, handshake),
    publishDocument: (topic, payload) => publishDocument(use(made), ids, topic, payload),
    close: () => link.close(),
  };
}

function use(made: Made | undefined): Made {
  if (made === undefined) throw new Error("there is no connection to the broker");
  return made;
}

const willOf = ({ topic, payload }: Will, qos: 0 | 1 | undefined): Pick<IClientOptions, "will"> =>
  qos === undefined ? {} : { will: { topic, payload: Buffer.from(payload), qos, retain: true } };

function publishEvent(
  { client, session }: Made,
  ids: PacketIds,
  { packetId, topic, payload }: Outgoing,
  isRepeat: boolean,
  handshake: Handshake,
): void {
  const qos = session.maximumQos;
  if (qos === 0) client.publish(topic, payload, { qos }, (error) => error || handshake.acknowledged(packetId));
  else ids.use(packetId, () => client.publish(topic, payload, { qos, dup: isRepeat }));
}

function publishDocument({ client, session }: Made, ids: PacketIds, topic: string, payload: string): Promise<void> {
  const options: IClientPublishOptions = { qos: 1, retain: session.canRetain };
  if (session.maximumQos === 0) {
    // No answer will come; what a lost connection takes with it is published again with the next one.
    client.publish(topic, payload, { ...options, qos: 0 });
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    ids.use(ids.nextDocument(), () =>
      client.publish(topic, payload, options, (error) => (error ? reject(error) : resolve())),
    );
  });
}

/** Reads what the broker answers, before mqtt.js acts on it. */
function readAnswer(packet: Packet, handshake: Handshake): void {
  if (packet.cmd !== "puback" && packet.cmd !== "pubrec" && packet.cmd !== "pubcomp") return;
  const { messageId: id = 0, reasonCode: reason = 0 } = packet;
  if (isDocumentId(id)) return;
  if (packet.cmd === "pubcomp") return handshake.completed(id);
  if (reason < REFUSALS) return packet.cmd === "puback" ? handshake.acknowledged(id) : undefined;
  // Brokers that keep the id until PUBREL answer a repeat so: they have the event.
  if (packet.cmd === "pubrec" && reason === ID_IN_USE && handshake.isRepeat(id)) packet.reasonCode = 0;
  else handshake.refused(id, reason);
}

interface StoredPacket {
  readonly cmd: string;
  readonly messageId: number;
}
type Done = (error?: Error | null, packet?: StoredPacket) => void;

/** mqtt.js sends a packet only after `put` has called back, and sends again what `createStream` gives before it says that it is connected. */
function outgoingStore(handshake: Handshake, session: () => Session) {
  return {
    put(packet: StoredPacket, done: Done) {
      if (packet.cmd === "publish") return done();
      handshake.released(packet.messageId).then(
        () => done(),
        // The store has failed for good and ends the process: nothing more may be said to the broker.
        () => {},
      );
    },
    del: (packet: StoredPacket, done: Done) => done(null, packet),
    get: (packet: StoredPacket, done: Done) => done(null, packet),
    createStream: () => Readable.from(releases(handshake, session())),
    close: (done?: Done) => done?.(),
  };
}

async function* releases(handshake: Handshake, session: Session) {
  await handshake.connected(session);
  for (const messageId of handshake.releases()) yield { cmd: "pubrel", qos: 2, messageId };
}
