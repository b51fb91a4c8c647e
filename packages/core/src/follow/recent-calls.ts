import type { Clock } from "../clock.ts";
import type { Window } from "../domain/window.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

const MINUTE_MS = 60_000;

interface Call extends Window {
  readonly at: number;
}

/** The windows of a person that were asked for in the last minute: their number is bounded, and none is asked for again too soon. */
export class RecentCalls {
  readonly #clock: Clock;
  readonly #repeatMs: number;
  #calls: Call[] = [];

  constructor(clock: Clock, repeatMs: number) {
    this.#clock = clock;
    this.#repeatMs = repeatMs;
  }

  get isFull(): boolean {
    const from = this.#clock.monotonic() - MINUTE_MS;
    this.#calls = this.#calls.filter(({ at }) => at > from);
    return this.#calls.length >= FOLLOW_LIMITS.windowCallsPerMinute;
  }

  /** When the window may be asked for again, monotonic milliseconds. */
  allowedAt({ from, to }: Window): number {
    const last = this.#calls.findLast((call) => call.from === from && call.to === to);
    return last === undefined ? -Infinity : last.at + this.#repeatMs;
  }

  add({ from, to }: Window): void {
    this.#calls.push({ from, to, at: this.#clock.monotonic() });
  }
}
