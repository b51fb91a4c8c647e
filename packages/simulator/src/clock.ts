import { type Clock, systemClock } from "@weighbridge/core/clock";

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** Another clock, moved forward by as much as somebody asked for. */
export class MovableClock implements Clock {
  /** Time as it passes by itself, for what is under way and must not be hurried. */
  readonly base: Clock;
  readonly #sleepers = new Set<Sleeper>();
  #aheadMs = 0;

  constructor(base: Clock = systemClock) {
    this.base = base;
  }

  now(): number {
    return this.base.now() + this.#aheadMs;
  }

  monotonic(): number {
    return this.base.monotonic() + this.#aheadMs;
  }

  /** Epoch seconds, as the API counts. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const moved = new AbortController();
    const sleeper: Sleeper = { dueAt: this.monotonic() + ms, wake: () => moved.abort() };
    this.#sleepers.add(sleeper);
    try {
      await this.base.sleep(ms, signal ? AbortSignal.any([signal, moved.signal]) : moved.signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!moved.signal.aborted) throw error;
    } finally {
      this.#sleepers.delete(sleeper);
    }
  }

  /** Moves forward, and wakes whoever is due by then. */
  advance(ms: number): void {
    this.#aheadMs += ms;
    for (const sleeper of this.#sleepers) if (sleeper.dueAt <= this.monotonic()) sleeper.wake();
  }
}
