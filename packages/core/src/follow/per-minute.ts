import type { Clock } from "../clock.ts";

const MINUTE_MS = 60_000;

/** Counts by source, in minutes of the clock. */
export class PerMinute {
  readonly #clock: Clock;
  readonly #mostSources: number;
  readonly #counts = new Map<string, number>();
  #minute = 0;

  constructor(clock: Clock, { mostSources }: { readonly mostSources: number }) {
    this.#clock = clock;
    this.#mostSources = mostSources;
  }

  /** How often this source was counted in this minute, with this time. Forgets everybody where there are too many sources. */
  count(source: string): number {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute !== this.#minute || this.#counts.size > this.#mostSources) {
      this.#minute = minute;
      this.#counts.clear();
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    this.#counts.set(source, count);
    return count;
  }
}
