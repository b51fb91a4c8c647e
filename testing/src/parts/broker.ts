import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import mqtt, { type IPublishPacket } from "mqtt";

const HOST = "127.0.0.1";

/** An MQTT 3.1.1 broker inside this process. It can go away and come back on the same port with its sessions. */
export class Broker {
  readonly aedes: Aedes;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers: Subscriber[] = [];
  #port: number;

  private constructor(aedes: Aedes, port: number) {
    this.aedes = aedes;
    this.#port = port;
  }

  /** On any free port without one. */
  static async start(port = 0): Promise<Broker> {
    const broker = new Broker(await Aedes.createBroker(), port);
    await broker.comeBack();
    return broker;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscribers.splice(0).map(({ client }) => client.endAsync(true)));
    await this.goAway();
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
  }

  get url(): string {
    return `mqtt://${HOST}:${this.#port}`;
  }

  async comeBack(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      this.aedes.handle(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, HOST, resolve);
    });
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
    this.#subscribers.push(subscriber);
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
