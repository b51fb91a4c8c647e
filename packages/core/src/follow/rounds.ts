import type { Clock } from "../clock.ts";

/** Something that has a next turn. */
export interface Turns {
  readonly isBusy: boolean;
  /** Epoch milliseconds. */
  turnAt(): number;
  /** Never rejects. */
  serve(): Promise<void>;
}

/** Gives everybody their turn when it comes, some side by side. */
export class Rounds {
  readonly #clock: Clock;
  readonly #parallel: number;
  readonly #all = new Set<Turns>();
  readonly #waiting = new Set<Turns>();
  readonly #serving = new Map<Turns, Promise<void>>();
  readonly #stopping = new AbortController();
  /** Ends the sleep until the next turn. */
  #alarm = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(clock: Clock, { parallel }: { readonly parallel: number }) {
    this.#clock = clock;
    this.#parallel = parallel;
  }

  start(all: Iterable<Turns>): void {
    for (const one of all) this.#all.add(one);
    this.#loop = this.#watch();
  }

  /** Call it after anything that can bring a turn forward. */
  wake(one: Turns): void {
    if (one.isBusy || this.#stopping.signal.aborted) return;
    if (one.turnAt() > this.#clock.now()) return this.#alarm.abort();
    this.#waiting.add(one);
    this.#drain();
  }

  /** Resolves when nobody is served any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await Promise.all([this.#loop, ...this.#serving.values()]);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#alarm = new AbortController();
      let next = Infinity;
      for (const one of this.#all) {
        if (one.isBusy || this.#waiting.has(one)) continue;
        const at = one.turnAt();
        if (at <= this.#clock.now()) this.#waiting.add(one);
        else next = Math.min(next, at);
      }
      this.#drain();
      // An alarm says that somebody's turn comes earlier.
      await this.#clock.sleep(Math.max(0, next - this.#clock.now()), this.#alarm.signal).catch(() => {});
    }
  }

  #drain(): void {
    for (const one of this.#waiting) {
      if (this.#serving.size >= this.#parallel || this.#stopping.signal.aborted) return;
      this.#waiting.delete(one);
      if (one.isBusy) continue;
      const served = one.serve().finally(() => {
        this.#serving.delete(one);
        this.wake(one);
        this.#drain();
      });
      this.#serving.set(one, served);
    }
  }
}
