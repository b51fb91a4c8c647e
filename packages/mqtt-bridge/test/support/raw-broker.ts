import { createServer, type Server, type Socket } from "node:net";
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
  readonly isRepeat: boolean;
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

/** A broker of MQTT 5 down at the bytes: it does what no broker on hand can be told to do. It forwards nothing. */
export class RawBroker {
  readonly publishes: WirePublish[] = [];
  /** Topics of what came at QoS 1. */
  readonly topicsAtQos1: string[] = [];
  readonly released: number[] = [];
  connections = 0;
  /** MQTT reason code of the PUBREC, PUBACK or SUBACK for a topic; 0 takes it. */
  reasonFor: (topic: string) => number = () => 0;
  /** Whether a PUBREC is answered at all. */
  takesEvents = true;
  completesEvents = true;
  /** What CONNACK says of the session. */
  keepsSession = true;
  receiveMaximum = 100;
  /** A topic that nobody may publish to and keep the connection. */
  endsConnection: (topic: string) => boolean = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

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

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let unread: Buffer = Buffer.alloc(0);
    let connection = 0;
    socket.on("data", (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      for (let packet = cut(unread); packet !== undefined; packet = cut(unread)) {
        unread = unread.subarray(packet.size);
        if (packet.first >> 4 === CONNECT) connection = ++this.connections;
        this.#take(socket, connection, packet);
      }
    });
  }

  #take(socket: Socket, connection: number, { first, body }: Packet): void {
    switch (first >> 4) {
      case CONNECT: {
        const limit = Buffer.from([0x21, this.receiveMaximum >> 8, this.receiveMaximum & 0xff]);
        const session = this.keepsSession && connection > 1 ? 1 : 0;
        socket.write(Buffer.concat([Buffer.from([0x20, 6, session, 0, limit.length]), limit]));
        return;
      }
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
        if (this.completesEvents) socket.write(Buffer.from([0x70, 2, ...body.subarray(0, 2)]));
        return;
      case PING:
        socket.write(Buffer.from([0xd0, 0]));
    }
  }

  #published(socket: Socket, connection: number, { first, body }: Packet): void {
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString("utf8", 2, end);
    if (this.endsConnection(topic)) return void socket.destroy();
    const qos = (first >> 1) & 3;
    const id = body.subarray(end, end + 2);
    const reason = this.reasonFor(topic);
    if (qos === 1) {
      this.topicsAtQos1.push(topic);
      socket.write(Buffer.from(reason === 0 ? [0x40, 2, ...id] : [0x40, 3, ...id, reason]));
    }
    // Retained documents go at QoS 0 and are of no interest here.
    if (qos !== 2) return;
    const payload = body.toString("utf8", end + 3);
    this.publishes.push({ packetId: body.readUInt16BE(end), topic, payload, isRepeat: (first & 8) !== 0, connection });
    if (this.takesEvents) socket.write(Buffer.from(reason === 0 ? [0x50, 2, ...id] : [0x50, 3, ...id, reason]));
  }
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
