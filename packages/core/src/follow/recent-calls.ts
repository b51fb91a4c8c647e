import type { Clock } from "../clock.ts";
import type { Window } from "../domain/window.ts";

const REMEMBERED = 64;

/** The API refuses an identical call that comes too soon. Remembers which windows were just asked for. */
export class RecentCalls {
  readonly #clock: Clock;
  readonly #repeatMs: number;
  readonly #calledAt = new Map<string, number>();

  constructor(clock: Clock, repeatMs: number) {
    this.#clock = clock;
    this.#repeatMs = repeatMs;
  }

  /** When the window may be asked for again, epoch milliseconds. */
  allowedAt({ from, to }: Window): number {
    return (this.#calledAt.get(`${from} ${to}`) ?? -Infinity) + this.#repeatMs;
  }

  add({ from, to }: Window): void {
    const call = `${from} ${to}`;
    // Deleted first, so that the map's oldest entry is the one that was called longest ago.
    this.#calledAt.delete(call);
    this.#calledAt.set(call, this.#clock.now());
    if (this.#calledAt.size > REMEMBERED) this.#calledAt.delete(this.#calledAt.keys().next().value as string);
  }

  clear(): void {
    this.#calledAt.clear();
  }
}
