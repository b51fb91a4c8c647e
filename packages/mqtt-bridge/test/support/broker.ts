import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import mqtt, { type IPublishPacket } from "mqtt";
import { onTestFinished } from "vitest";

const HOST = "127.0.0.1";

/** A real broker on a port of its own. It can go away and come back with its sessions, until the test is over. */
export class Broker {
  readonly aedes: Aedes;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(aedes: Aedes) {
    this.aedes = aedes;
  }

  static async start(): Promise<Broker> {
    const broker = new Broker(await Aedes.createBroker());
    await broker.comeBack();
    onTestFinished(async () => {
      await broker.goAway();
      await new Promise<void>((resolve) => broker.aedes.close(() => resolve()));
    });
    return broker;
  }

  get url(): string {
    return `mqtt://${HOST}:${this.#port}`;
  }

  async comeBack(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      this.aedes.handle(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, HOST, resolve));
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.drop();
    await closed;
  }

  /** Every connection breaks; a new one is taken at once. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async subscribe(...topics: string[]): Promise<Subscriber> {
    const subscriber = new Subscriber(await mqtt.connectAsync(this.url, { reconnectPeriod: 20 }));
    await subscriber.client.subscribeAsync(topics, { qos: 2 });
    onTestFinished(() => subscriber.client.endAsync(true));
    return subscriber;
  }
}

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly packet: IPublishPacket;
}

/** Keeps what comes, and lets a test wait for it. */
export class Subscriber {
  readonly received: Received[] = [];
  readonly client: mqtt.MqttClient;
  readonly #waiting = new Set<() => void>();

  constructor(client: mqtt.MqttClient) {
    this.client = client;
    client.on("message", (topic, payload, packet) => {
      this.received.push({ topic, payload: payload.toString(), packet });
      for (const check of this.#waiting) check();
    });
  }

  /** The payloads of a topic, in the order of their arrival. */
  on(topic: string): string[] {
    return this.received.filter((message) => message.topic === topic).map(({ payload }) => payload);
  }

  /** Resolves as soon as what came makes the test true. */
  async until(test: () => boolean): Promise<void> {
    if (test()) return;
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!test()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }
}
