import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

interface StateGuardInput {
  readonly clock: Clock;
  readonly log: Log;
  readonly topic: string;
  isConnected(): boolean;
  publish(topic: string, payload: string): void;
}

/** Keeps `online` on bridge/state: a second bridge with the same base topic publishes `offline` there when it stops. */
export class StateGuard {
  readonly #input: StateGuardInput;
  readonly #stopping = new AbortController();
  #newest = "";
  #isDue = false;
  #isReported = false;

  constructor(input: StateGuardInput) {
    this.#input = input;
  }

  /** A message came on bridge/state, our own ones included. */
  seen(payload: string): void {
    this.#newest = payload;
    if (payload !== "offline" || this.#isDue) return;
    this.#isDue = true;
    // After a reconnect the will of our former connection comes first, and our own `online` follows.
    this.#input.clock.sleep(LIMITS.birthDelayMs, this.#stopping.signal).then(
      () => this.#check(),
      () => {},
    );
  }

  #check(): void {
    const { topic, log, isConnected, publish } = this.#input;
    this.#isDue = false;
    if (this.#newest !== "offline" || !isConnected()) return;
    publish(topic, "online");
    if (this.#isReported) return;
    this.#isReported = true;
    log.warn("Another bridge uses this base topic: it published offline, and this one publishes online again", {
      topic,
      remedy: "Stop the other bridge, or give it a mqtt.base_topic of its own.",
    });
  }

  stop(): void {
    this.#stopping.abort();
  }
}
