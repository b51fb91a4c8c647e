/**
 * Remembers which calls went out, for as long as an identical one would be refused. Entries end by time and never by count: a count would
 * forget calls that are still too young. Their number is bounded by the rate limit all the same. Times are the
 * clock's monotonic milliseconds.
 */
export class RepeatGuard {
  readonly #repeatMs: number;
  /** The call that went out longest ago comes first. */
  readonly #calledAt = new Map<string, number>();
  /** Calls for which the service asked for more patience than for others. */
  readonly #heldUntil = new Map<string, number>();

  constructor(repeatMs: number) {
    this.#repeatMs = repeatMs;
  }

  /** How many calls are remembered. */
  get size(): number {
    return this.#calledAt.size + this.#heldUntil.size;
  }

  /** When this call may go out; a time that has passed: at once. */
  allowedAt(key: string): number {
    return Math.max((this.#calledAt.get(key) ?? -Infinity) + this.#repeatMs, this.heldUntil(key));
  }

  /** The end of the patience that the service asked for; a time that has passed where it did not. */
  heldUntil(key: string): number {
    return this.#heldUntil.get(key) ?? -Infinity;
  }

  hold(key: string, until: number, now: number): void {
    for (const [old, end] of this.#heldUntil) if (end <= now) this.#heldUntil.delete(old);
    this.#heldUntil.set(key, until);
  }

  add(key: string, now: number): void {
    this.#calledAt.delete(key);
    this.#calledAt.set(key, now);
    for (const [old, at] of this.#calledAt) {
      if (at + this.#repeatMs > now) break;
      this.#calledAt.delete(old);
    }
  }

  forget(key: string): void {
    this.#calledAt.delete(key);
    this.#heldUntil.delete(key);
  }
}
