const MINUTE_MS = 60_000;

/** At most so many calls in any minute. Times are the clock's monotonic milliseconds. */
export class RateLimit {
  readonly #callsPerMinute: number;
  /** When calls went out, oldest first; those before `#first` are more than a minute old. */
  #times: number[] = [];
  #first = 0;

  constructor(callsPerMinute: number) {
    this.#callsPerMinute = callsPerMinute;
  }

  /** When the next call has room; `now` or earlier: at once. */
  freeAt(now: number): number {
    const oldest = this.#oldestInMinute(now);
    const isFree = oldest === undefined || this.#times.length - this.#first < this.#callsPerMinute;
    return isFree ? now : oldest + MINUTE_MS;
  }

  add(now: number): void {
    this.#times.push(now);
  }

  /** Each call is forgotten once, whatever the limit: `#times` is cut only when half of it is old. */
  #oldestInMinute(now: number): number | undefined {
    while ((this.#times[this.#first] ?? now) <= now - MINUTE_MS) this.#first++;
    if (this.#first > this.#times.length / 2) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times[this.#first];
  }
}
