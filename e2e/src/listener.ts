import { until } from "@weighbridge/testing/parts";
import mqtt, { type MqttClient } from "mqtt";

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  /** Sent because we subscribed, not because it was published now. */
  readonly isReplayed: boolean;
}

export type Json = Readonly<Record<string, unknown>>;

/** An ordinary subscriber, which remembers everything that it hears. */
export class Listener {
  readonly heard: Heard[] = [];
  readonly #client: MqttClient;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on("error", () => {});
    client.on("message", (topic, payload, { retain }) => {
      this.heard.push({ topic, payload: payload.toString(), isReplayed: retain });
    });
  }

  /** The newest of the topic; undefined where there was none or it was cleared. */
  last(topic: string): string | undefined {
    return this.heard.findLast((message) => message.topic === topic)?.payload || undefined;
  }

  lastJson(topic: string): Json | undefined {
    const payload = this.last(topic);
    return payload === undefined ? undefined : (JSON.parse(payload) as Json);
  }

  /** A person's events, oldest first. */
  events(slug: string): Json[] {
    const topic = `weighbridge/people/${slug}/weigh_in`;
    return this.heard.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(payload) as Json);
  }

  /** Resolves with the person's events once there are `count`. */
  async eventsOf(slug: string, count: number): Promise<Json[]> {
    await until(() => this.events(slug).length >= count);
    return this.events(slug);
  }

  /** Resolves when the topic's newest payload is this. */
  async hears(topic: string, payload: string): Promise<void> {
    await until(() => this.last(topic) === payload);
  }

  async publish(topic: string, payload: string, options: { readonly retain?: boolean } = {}): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, ...options });
  }

  /** Asks the bridge; resolves with its answer. */
  async ask(command: string, request: object): Promise<Json> {
    const transaction = `${command} ${this.heard.length}`;
    const topic = `weighbridge/bridge/response/${command}`;
    await this.publish(`weighbridge/bridge/request/${command}`, JSON.stringify({ ...request, transaction }));
    return until(() => {
      const answer = this.lastJson(topic);
      return answer?.["transaction"] === transaction && answer;
    });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

export async function startListener(
  url: string,
  login: { readonly username?: string; readonly password?: string } = {},
): Promise<Listener> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 100, ...login });
  const listener = new Listener(client);
  await client.subscribeAsync("#", { qos: 2 });
  return listener;
}
