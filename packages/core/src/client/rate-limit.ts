import type { Clock } from "../clock.ts";

const MINUTE_MS = 60_000;

/** At most so many calls in any minute, first come first served. Nobody waits below the limit. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #callsPerMinute: number;
  /** When the calls of the last minute went out, oldest first. */
  #times: number[] = [];
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
      this.#times = this.#times.filter((time) => time > now - MINUTE_MS && time <= now);
      const oldest = this.#times[0];
      if (oldest === undefined || this.#times.length < this.#callsPerMinute) break;
      await this.#clock.sleep(oldest + MINUTE_MS - now, signal);
    }
    this.#times.push(this.#clock.now());
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
