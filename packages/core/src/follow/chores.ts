import type { Clock } from "../clock.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { SubscriptionReport } from "../domain/subscription.ts";
import type { PersonRecord } from "../ports/person-store.ts";
import { Backoff } from "./backoff.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

/** Work that is done for a person from time to time, with or without a callback. In the order in which they are done. */
export const CHORES = ["poll", "subscription", "profile", "reread"] as const;
export type Chore = (typeof CHORES)[number];

export interface ChoreIntervals {
  readonly pollWithSubscriptionS: number;
  readonly pollWithoutSubscriptionS: number;
  readonly rereadS: number;
  readonly profileS: number;
}

export interface ChoresInput {
  readonly clock: Clock;
  readonly timing: ChoreIntervals;
  /** A poll that is asked for comes no sooner after the one before. */
  readonly repeatCallMs: number;
  readonly record: PersonRecord;
  /** Whether callbacks can be relied on; otherwise polls come often. */
  isAnnounced(): boolean;
}

/**
 * When each chore of a person is due, in monotonic milliseconds. Dates of earlier processes are read once, at the start: a clock that is set
 * later moves no chore. A poll is due at each start, since callbacks may have been missed.
 */
export class Chores {
  readonly backoff: Readonly<Record<Chore, Backoff>>;
  readonly #input: ChoresInput;
  readonly #spread: number;
  /** Of a poll: when one is asked for beside the regular ones. */
  readonly #dueAt: Record<Chore, number>;
  #polledAt = -Infinity;
  /** The last poll that was asked for. */
  #extraPollAt = -Infinity;

  constructor(input: ChoresInput) {
    const { clock, timing, record } = input;
    const backoff = () => new Backoff(clock);
    this.backoff = { poll: backoff(), subscription: backoff(), profile: backoff(), reread: backoff() };
    this.#input = input;
    this.#spread = 1 - FOLLOW_LIMITS.spread * fraction(record.key);
    const { memory, addedAt } = record;
    this.#dueAt = {
      poll: Infinity,
      subscription: Infinity,
      profile: this.#after(memory.profileAt, timing.profileS),
      reread: this.#after(memory.rereadAt ?? addedAt, timing.rereadS),
    };
  }

  at(chore: Chore): number {
    return Math.max(chore === "poll" ? this.#pollAt() : this.#dueAt[chore], this.backoff[chore].until);
  }

  /** The earliest of these. */
  next(chores: readonly Chore[]): number {
    return chores.reduce((earliest, chore) => Math.min(earliest, this.at(chore)), Infinity);
  }

  /** From when on a poll may be made beside the regular ones: the first at once, then none sooner than it may be repeated. */
  get pollAllowedAt(): number {
    return this.#extraPollAt + this.#input.repeatCallMs;
  }

  /** Does it once more as soon as it may be, however many ask for it. */
  request(chore: Chore): void {
    const { clock } = this.#input;
    const at = chore === "poll" ? Math.max(clock.monotonic(), this.pollAllowedAt) : clock.monotonic();
    this.#dueAt[chore] = Math.min(this.#dueAt[chore], at);
  }

  /** A chore begins: a request from now on asks for one more. */
  begin(chore: Chore): void {
    const { clock, timing } = this.#input;
    if (chore === "poll") {
      this.#polledAt = clock.monotonic();
      if (this.#dueAt.poll <= this.#polledAt) this.#extraPollAt = this.#polledAt;
    }
    const everyS = { poll: Infinity, subscription: Infinity, profile: timing.profileS, reread: timing.rereadS }[chore];
    this.#dueAt[chore] = clock.monotonic() + everyS * this.#spread * 1000;
  }

  /** Looks after the subscription when its report says so; at once without one. */
  planSubscription(report: SubscriptionReport | null): void {
    const { clock } = this.#input;
    const { checkSubscriptionEveryS: longestS } = FOLLOW_LIMITS;
    const leftS = (report?.nextCheckAt ?? 0) - Math.floor(clock.now() / 1000);
    const spread = report?.status === "failed" ? 1 : this.#spread;
    // A date that is farther off than it can be comes from a clock that was set.
    const waitS = leftS > longestS ? 0 : Math.max(0, leftS * spread);
    // A look that was asked for meanwhile comes first.
    this.#dueAt.subscription = Math.min(this.#dueAt.subscription, clock.monotonic() + waitS * 1000);
  }

  endSubscription(): void {
    this.#dueAt.subscription = Infinity;
  }

  #pollAt(): number {
    const { pollWithSubscriptionS, pollWithoutSubscriptionS } = this.#input.timing;
    const everyS = this.#input.isAnnounced() ? pollWithSubscriptionS : pollWithoutSubscriptionS;
    return Math.min(this.#dueAt.poll, this.#polledAt + everyS * 1000);
  }

  /** When something is due that was last done then; at once where that lies ahead. */
  #after(doneAt: EpochSeconds | undefined, everyS: number): number {
    const { clock } = this.#input;
    const now = clock.now() / 1000;
    if (doneAt === undefined || doneAt > now) return -Infinity;
    return clock.monotonic() + Math.max(0, doneAt + everyS * this.#spread - now) * 1000;
  }
}

/** The same for the same text, and spread evenly over 0…1. */
function fraction(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619) >>> 0;
  return hash / 2 ** 32;
}
