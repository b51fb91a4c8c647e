import type { Clock } from "../../src/clock.ts";

/** Jumps over every wait at once and notes it, save waits for a timeout, which never comes. */
export class JumpingClock implements Clock {
  readonly waits: number[] = [];
  readonly #timeoutMs: number;
  #now = 1_000_000;

  constructor(timeoutMs = 15_000) {
    this.#timeoutMs = timeoutMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms === this.#timeoutMs)
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    this.waits.push(ms);
    this.#now += ms;
    return Promise.resolve();
  }
}
