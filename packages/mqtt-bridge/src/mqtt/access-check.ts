import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Message } from "../store/store.ts";
import { type ControlConnection, reasonOf } from "./connections.ts";

export interface AccessCheckInput {
  readonly clock: Clock;
  readonly log: Log;
  readonly control: () => ControlConnection | undefined;
  /** Retained documents as they are now, one for each place that the broker may forbid. */
  samples(): readonly Message[];
}

/** Finds what the broker forbids: nobody is told of a refusal at QoS 0, which documents have. Each is told once. */
export class AccessCheck {
  readonly #input: AccessCheckInput;
  readonly #stopping = new AbortController();
  readonly #told = new Set<string>();
  #isDue = false;

  constructor(input: AccessCheckInput) {
    this.#input = input;
  }

  /** After each connection; not at once, since Home Assistant trips over two messages for one device in a moment. */
  checkSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#input.clock.sleep(LIMITS.birthDelayMs, this.#stopping.signal).then(
      () => {
        this.#isDue = false;
        for (const sample of this.#input.samples()) void this.#check(sample);
      },
      () => {},
    );
  }

  /** The broker refused a subscription. */
  deaf(topic: string, reason: number): void {
    this.#tell("The broker does not let the bridge subscribe", topic, reason);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #check({ topic, payload }: Message): Promise<void> {
    const connection = this.#input.control();
    if (!connection?.isConnected) return;
    try {
      await connection.publish(topic, payload, { retain: true });
      this.#told.delete(topic);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== undefined) this.#tell("The broker does not let the bridge publish", topic, reason);
    }
  }

  #tell(words: string, topic: string, reason: number): void {
    if (this.#told.has(topic)) return;
    this.#told.add(topic);
    this.#input.log.warn(words, { topic, reason: `0x${reason.toString(16)}`, remedy: REMEDY });
  }
}

const REMEDY =
  "Let the user of mqtt.username do it, by the broker's access rules: it must publish below mqtt.base_topic and home_assistant.discovery_prefix, and subscribe to requests and to home_assistant.status_topic.";
