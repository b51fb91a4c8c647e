import type { Clock } from "../clock.ts";

const MINUTE_MS = 60_000;

/** At most so many calls in any minute, first come first served. Nobody waits below the limit. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #callsPerMinute: number;
  /** When calls went out, oldest first; those before `#first` are more than a minute old. */
  #times: number[] = [];
  #first = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(clock: Clock, callsPerMinute: number) {
    this.#clock = clock;
    this.#callsPerMinute = callsPerMinute;
  }

  /** Resolves when a call may go out. Whoever aborts leaves the queue, and takes no place. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const turn = this.#queue.then(() => this.#place(signal));
    this.#queue = turn.catch(() => {});
    await orAborted(turn, signal);
  }

  async #place(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.#clock.now();
      const oldest = this.#oldestInMinute(now);
      if (oldest === undefined || this.#times.length - this.#first < this.#callsPerMinute) break;
      await this.#clock.sleep(oldest + MINUTE_MS - now, signal);
    }
    this.#times.push(this.#clock.now());
  }

  /** Each call is forgotten once, whatever the limit: `#times` is cut only when half of it is old. */
  #oldestInMinute(now: number): number | undefined {
    // A clock that was set back would make everybody wait for a time that has passed.
    if ((this.#times.at(-1) ?? now) > now) this.#keep(this.#times.slice(this.#first).filter((time) => time <= now));
    while ((this.#times[this.#first] ?? now) <= now - MINUTE_MS) this.#first++;
    if (this.#first > this.#times.length / 2) this.#keep(this.#times.slice(this.#first));
    return this.#times[this.#first];
  }

  #keep(times: number[]): void {
    this.#times = times;
    this.#first = 0;
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
