import type { Clock } from "../clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class ManualClock implements Clock {
  #monotonic = 0;
  /** Epoch milliseconds at the monotonic zero. */
  #epoch: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(nowMs: number) {
    this.#epoch = nowMs;
  }

  now(): number {
    return this.#epoch + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Sets the wall clock, as an operator or a time server does; waits go on as they were. */
  set(nowMs: number): void {
    this.#epoch = nowMs - this.#monotonic;
  }

  /** How many sleeps are pending. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.#monotonic + ms,
        wake: () => {
          leave();
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", abort);
    });
  }

  /** Moves time forward and wakes what is due, earliest first; each sleeper sees the time that it asked for. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.wake();
      await settled();
    }
    this.#monotonic = end;
    await settled();
  }
}

/** Lets everything that is already resolved run, including what it starts. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
