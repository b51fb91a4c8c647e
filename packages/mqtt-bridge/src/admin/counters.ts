import { LIMITS } from "../limits.ts";

/** How long an answer to a callback took. */
export interface Duration {
  readonly outcome: string;
  readonly seconds: number;
}

/** Counts from the start on, without the library of the metrics: most bridges are never scraped, and none should start later for it. */
export class Counters {
  readonly apiCalls = new Map<string, number>();
  readonly events = new Map<string, number>();
  #waiting: Duration[] = [];
  #observe: ((duration: Duration) => void) | undefined;

  /** An API answered, or failed to: `ok`, or the code of the error. */
  called(outcome: string): void {
    add(this.apiCalls, outcome);
  }

  /** An event of this kind is on disk. */
  happened(kind: string): void {
    add(this.events, kind);
  }

  /** A callback was answered. */
  answered(outcome: string, ms: number): void {
    const duration = { outcome, seconds: ms / 1000 };
    if (this.#observe) this.#observe(duration);
    else if (this.#waiting.length < LIMITS.durationsKept) this.#waiting.push(duration);
  }

  /** Hands over every duration so far, and each that follows. */
  observeWith(observe: (duration: Duration) => void): void {
    this.#observe = observe;
    for (const duration of this.#waiting) observe(duration);
    this.#waiting = [];
  }
}

const add = (counts: Map<string, number>, key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1);
