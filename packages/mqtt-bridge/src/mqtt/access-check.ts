import type { Log } from "../log.ts";

/** Names what the broker forbids, in the log: each topic once, and a few for each kind. */
export class AccessCheck {
  readonly #log: Log;
  readonly #named = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The broker refused a retained document. */
  publishRefused(topic: string, reason: number): void {
    this.#name("The broker does not let the bridge publish", topic, reason);
  }

  /** The broker refused a subscription. */
  subscribeRefused(topic: string, reason: number): void {
    this.#name("The broker does not let the bridge subscribe", topic, reason);
  }

  #name(message: string, topic: string, reason: number): void {
    // One line for each place that a rule may forbid: a household has hundreds of topics below it.
    const place = `${message} ${topic.split("/").slice(0, 2).join("/")}`;
    if (this.#named.has(place)) return;
    this.#named.add(place);
    this.#log.warn(message, { topic, reason: `0x${reason.toString(16)}`, remedy: REMEDY });
  }
}

const REMEDY =
  "Let the user of mqtt.username do it, by the broker's access rules: it must publish below mqtt.base_topic and home_assistant.discovery_prefix, and subscribe to requests and to home_assistant.status_topic.";
