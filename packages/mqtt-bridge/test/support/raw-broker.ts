import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const HOST = "127.0.0.1";
const CONNECT = 1;
const PUBLISH = 3;
const PUBREL = 6;
const SUBSCRIBE = 8;
const PING = 12;

/** An event on the wire. */
export interface WirePublish {
  readonly packetId: number;
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly isRepeat: boolean;
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

/** A CONNECT, as it came. */
export interface WireConnect {
  readonly version: number;
  readonly clientId: string;
  readonly isClean: boolean;
  /** Undefined where it names none. */
  readonly maximumPacketSize: number | undefined;
  readonly will: { readonly qos: number; readonly retain: boolean } | undefined;
}

/** Properties of CONNACK that are not the default. */
interface Limits {
  readonly maximumQos?: 0 | 1;
  readonly maximumPacketSize?: number;
  readonly canRetain?: false;
}

/** A broker down at the bytes: it does what no broker on hand can be made to do. It forwards nothing. */
export class RawBroker {
  readonly publishes: WirePublish[] = [];
  /** Topics of what came at QoS 1. */
  readonly topicsAtQos1: string[] = [];
  readonly released: number[] = [];
  readonly connects: WireConnect[] = [];
  /** Topics of what came, whatever its QoS, and `PUBREL`, in the order of their arrival. */
  readonly arrived: string[] = [];
  /** Topics of what came with the retain flag. */
  readonly retained: string[] = [];
  limits: Limits = {};
  /** Reason code of CONNACK; 0 accepts. */
  refuses: (connect: WireConnect) => number = () => 0;
  /** How a CONNECT that gets no CONNACK ends. */
  silence: (connect: WireConnect) => "close" | "mute" | undefined = () => undefined;
  /** Packet ids of what came with the retain flag. */
  readonly documentIds: number[] = [];
  /** Answers nothing at QoS 1 until `answerHeld`. */
  holdsDocuments = false;
  readonly #held: (() => void)[] = [];
  /** Answers a PUBLISH at QoS 2 with PUBACK, as some do. */
  acknowledgesAtOnce = false;
  /** Those that did not start clean. */
  connections = 0;
  /** MQTT reason code of the PUBREC, PUBACK or SUBACK for a topic; 0 takes it. */
  reasonFor: (topic: string) => number = () => 0;
  /** Whether a PUBREC is answered at all. */
  takesEvents = true;
  completesEvents = true;
  /** Sends each PUBREC twice. */
  repeatsPubrec = false;
  /** Whether CONNACK has the session. */
  keepsSession = true;
  receiveMaximum = 100;
  /** A topic that nobody may publish to and keep the connection. */
  endsConnection: (topic: string) => boolean = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #hasSession = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<RawBroker> {
    const server = createServer({ noDelay: true });
    const broker = new RawBroker(server);
    server.on("connection", (socket) => broker.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    onTestFinished(() => {
      broker.drop();
      server.close();
    });
    return broker;
  }

  get url(): string {
    const address = this.#server.address();
    return `mqtt://${HOST}:${typeof address === "object" ? address?.port : 0}`;
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves after packets that were sent before have had their way through the system. */
  async turn(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const socket = connect(Number(new URL(this.url).port), HOST);
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      socket.end();
      await new Promise<void>((resolve) => socket.once("close", resolve));
    }
  }

  answerHeld(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** DISCONNECT with a reason, to all. */
  disconnect(reason: number): void {
    for (const socket of this.#sockets) socket.end(Buffer.from([0xe0, 2, reason, 0]));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let unread: Buffer = Buffer.alloc(0);
    let connection = { number: 0, version: 5 };
    socket.on("data", (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (let packet = cut(unread); packet !== undefined; packet = cut(unread)) {
        unread = unread.subarray(packet.size);
        if (packet.first >> 4 === CONNECT) {
          const [version = 0, flags = 0] = packet.body.subarray(6, 8);
          if ((flags & 2) === 0) this.connections++;
          connection = { number: this.connections, version };
        }
        this.#take(socket, connection, packet);
      }
    });
  }

  #connected(socket: Socket, { version }: Connection, body: Buffer): void {
    const said = readConnect(version, body);
    this.connects.push(said);
    const silence = this.silence(said);
    if (silence === "close") socket.end();
    if (silence !== undefined) return;
    const reason = this.refuses(said);
    const session = this.keepsSession && this.#hasSession && !said.isClean && reason === 0 ? 1 : 0;
    // A clean start forgets, and begins nothing that outlives it, as at Mosquitto.
    if (reason === 0) this.#hasSession = !said.isClean;
    const { maximumQos, maximumPacketSize: size, canRetain } = this.limits;
    const properties = [
      ...[0x21, this.receiveMaximum >> 8, this.receiveMaximum & 0xff],
      ...(maximumQos === undefined ? [] : [0x24, maximumQos]),
      ...(canRetain === undefined ? [] : [0x25, 0]),
      ...(size === undefined ? [] : [0x27, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff]),
    ];
    const more = version === 5 ? [properties.length, ...properties] : [];
    socket.write(Buffer.from([0x20, 2 + more.length, session, reason, ...more]));
    if (reason !== 0) socket.end();
  }

  #take(socket: Socket, connection: Connection, { first, body }: Packet): void {
    switch (first >> 4) {
      case CONNECT:
        return this.#connected(socket, connection, body);
      case PUBLISH:
        return this.#published(socket, connection, { first, body });
      case SUBSCRIBE: {
        // Behind the packet id an empty list of properties, and one filter.
        const filter = body.toString("utf8", 5, 5 + body.readUInt16BE(3));
        socket.write(Buffer.from([0x90, 4, ...body.subarray(0, 2), 0, this.reasonFor(filter)]));
        return;
      }
      case PUBREL:
        this.released.push(body.readUInt16BE(0));
        this.arrived.push("PUBREL");
        if (this.completesEvents) socket.write(Buffer.from([0x70, 2, ...body.subarray(0, 2)]));
        return;
      case PING:
        socket.write(Buffer.from([0xd0, 0]));
    }
  }

  #published(socket: Socket, { number: connection, version }: Connection, { first, body }: Packet): void {
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString("utf8", 2, end);
    if (this.endsConnection(topic)) return void socket.destroy();
    const qos = (first >> 1) & 3;
    const packetId = qos === 0 ? 0 : body.readUInt16BE(end);
    this.arrived.push(topic);
    if (qos === 1) this.topicsAtQos1.push(topic);
    if (first & 1) {
      this.retained.push(topic);
      this.documentIds.push(packetId);
    } else {
      const payload = body.toString("utf8", end + (qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0));
      this.publishes.push({ packetId, topic, payload, qos, isRepeat: (first & 8) !== 0, connection });
    }
    this.#answer(socket, qos, body.subarray(end, end + 2), this.reasonFor(topic));
  }

  #answer(socket: Socket, qos: number, id: Buffer, reason: number): void {
    const answer = (type: number) =>
      socket.write(Buffer.from(reason === 0 ? [type, 2, ...id] : [type, 3, ...id, reason]));
    if (qos === 1 && this.holdsDocuments) this.#held.push(() => answer(0x40));
    else if (qos === 1 || (qos === 2 && this.acknowledgesAtOnce)) answer(0x40);
    else if (qos === 2 && this.takesEvents) for (let n = this.repeatsPubrec ? 2 : 1; n > 0; n--) answer(0x50);
  }
}

interface Connection {
  /** From 1. */
  readonly number: number;
  readonly version: number;
}

function readConnect(version: number, body: Buffer): WireConnect {
  const flags = body[7] as number;
  const at = version === 5 ? 11 + (body[10] as number) : 10;
  const clientId = body.toString("utf8", at + 2, at + 2 + body.readUInt16BE(at));
  const will = flags & 4 ? { qos: (flags >> 3) & 3, retain: (flags & 0x20) !== 0 } : undefined;
  const properties = version === 5 ? body.subarray(11, at) : Buffer.alloc(0);
  const maximumPacketSize = properties[0] === 0x27 ? properties.readUInt32BE(1) : undefined;
  return { version, clientId, maximumPacketSize, isClean: (flags & 2) !== 0, will };
}

interface Packet {
  readonly first: number;
  readonly body: Buffer;
}

/** The first whole packet; undefined while it is not complete. */
function cut(bytes: Buffer): (Packet & { readonly size: number }) | undefined {
  let length = 0;
  for (let index = 1; index < bytes.length; index++) {
    const byte = bytes[index] as number;
    length += (byte & 0x7f) << (7 * (index - 1));
    if (byte & 0x80) continue;
    const size = index + 1 + length;
    return bytes.length < size ? undefined : { first: bytes[0] as number, body: bytes.subarray(index + 1, size), size };
  }
  return undefined;
}
