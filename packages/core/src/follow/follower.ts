import type { Clock } from "../clock.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { AmbiguousPolicy, Verdict } from "../domain/weigh-in.ts";
import type { Window } from "../domain/window.ts";
import { RejectedError } from "../errors.ts";
import type { PersonApi } from "../ports/person-api.ts";
import type { PersonCommit, PersonRecord, PersonStore, StoredHint, SyncedPerson } from "../ports/person-store.ts";
import { type Decision, decide } from "../weigh-ins/decide.ts";
import { syncPoll } from "../weigh-ins/poll.ts";
import { applyProfile } from "../weigh-ins/profile.ts";
import { syncReread } from "../weigh-ins/reread.ts";
import { syncWideWindow, syncWindow } from "../weigh-ins/window.ts";
import { type HintedWindow, mergeHints } from "./hinted-windows.ts";
import { RecentCalls } from "./recent-calls.ts";
import { recordAfter, wholeCommit } from "./record-after.ts";
import { type Chore, type ChoreIntervals, dueTimes, type LastDone, type ScheduleInput } from "./schedule.ts";

export interface FollowTiming extends ChoreIntervals {
  /** Hints that arrive this soon after a sync share one more sync. */
  readonly coalesceMs: number;
  /** An identical call is never made sooner. */
  readonly repeatCallMs: number;
}

/** A turn that failed. What was hinted stays stored; the person is tried again later. */
export interface FollowFailure {
  readonly error: unknown;
  readonly againInS: number;
  /** Somebody must act first: asking often does not help. */
  readonly isBlocked: boolean;
}

export interface FollowerInput {
  readonly api: PersonApi;
  readonly store: PersonStore;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  readonly timing: FollowTiming;
  /** How the subscriptions that bring notifications here stand. */
  subscriptions(): ScheduleInput["subscriptions"];
  onSuccess(): void;
  onFailure(failure: FollowFailure): void;
}

/** `unknown`: no such weigh-in is stored. `not_held`: the API is sure of the person. */
export type Decided = "done" | Extract<Decision, string>;

const LIMITS = {
  hintsPerTurn: 1_000,
  /** A wider window is followed in parts. */
  widestHintS: 31 * 86_400,
  retryMinS: 2,
  retryMaxS: 300,
  retryBlockedS: 900,
} as const;

const CHORES: readonly Chore[] = ["poll", "profile", "reread"];

/** Follows one person at one API: hints at once, polls as a fallback, one thing at a time. */
export class Follower {
  readonly #input: FollowerInput;
  readonly #stopping = new AbortController();
  readonly #calls: RecentCalls;
  /** As it was read at the last turn, with what was committed since. */
  #record: PersonRecord;
  readonly #done: LastDone;
  readonly #startedAt: EpochSeconds;
  #hasHints: boolean;
  /** Hints are not looked at before, epoch milliseconds. */
  #hintsFrom = 0;
  /** Nothing is started before, epoch milliseconds. */
  #restUntil = 0;
  #failures = 0;
  #running: Promise<unknown> | undefined;

  constructor(
    input: FollowerInput,
    { record, hasHints }: { readonly record: PersonRecord; readonly hasHints: boolean },
  ) {
    const { clock, timing } = input;
    this.#input = input;
    this.#calls = new RecentCalls(clock, timing.repeatCallMs);
    this.#done = { poll: null, profile: null, reread: record.memory.rereadAt ?? null };
    this.#record = record;
    this.#startedAt = this.#seconds();
    this.#hasHints = hasHints;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** When the next turn is due, epoch milliseconds. */
  turnAt(): number {
    const { poll, profile, reread } = this.dueTimes();
    const hint = this.#hasHints ? this.#hintsFrom : Infinity;
    return Math.max(this.#restUntil, Math.min(1000 * Math.min(poll, profile, reread), hint));
  }

  dueTimes(): Readonly<Record<Chore, EpochSeconds>> {
    const { subscriptions, timing } = this.#input;
    const { addedAt } = this.#record;
    const times = { done: this.#done, startedAt: this.#startedAt, addedAt };
    return dueTimes({ ...times, subscriptions: subscriptions(), intervals: timing });
  }

  /** A hint of this person was stored. */
  hinted(): void {
    this.#hasHints = true;
    this.#hintsFrom = 0;
  }

  requestPoll(): void {
    this.#done.poll = null;
    this.#restUntil = 0;
  }

  /** Claims or refuses a weigh-in that may be somebody else's. */
  decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    return this.alone(async () => {
      const { store, clock } = this.#input;
      this.#record = await store.load();
      const change = await decide({ person: this.#person(), reader: store.groups, clock, weighInId, verdict });
      if (typeof change === "string") return change;
      await this.#commit({ change });
      return "done";
    });
  }

  /** Runs while nothing else is done to this person. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running !== undefined) await this.#running;
    const working = work();
    this.#running = working.catch(() => {});
    try {
      return await working;
    } finally {
      this.#running = undefined;
    }
  }

  /** One turn: what was hinted, then what is due. Never rejects. */
  serve(): Promise<void> {
    return this.alone(() => this.#serve());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #serve(): Promise<void> {
    const { clock, store, timing, onSuccess } = this.#input;
    try {
      this.#record = await store.load();
      // Before the first poll nothing tells a moved group from a deleted one: it comes before any hint.
      const isNew = this.#record.cursor === null;
      const followed = isNew ? { hasFollowed: false } : await this.#tryHints();
      const due = this.dueTimes();
      for (const chore of CHORES) if (due[chore] <= this.#seconds()) await this.#doChore(chore);
      if ("failure" in followed) throw followed.failure;
      const hasFollowed = isNew ? await this.#followHints() : followed.hasFollowed;
      this.#failures = 0;
      onSuccess();
      // Somebody may still be standing on the scale. A mere poll delays no hint.
      if (hasFollowed) this.#restUntil = clock.now() + timing.coalesceMs;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#failed(error);
    }
  }

  /** A window that fails again and again must not hold up the polls, which find the same in the end. */
  async #tryHints(): Promise<{ readonly hasFollowed: boolean } | { readonly failure: unknown }> {
    try {
      return { hasFollowed: await this.#followHints() };
    } catch (failure) {
      return { failure };
    }
  }

  /** Whether there was anything to follow. */
  async #followHints(): Promise<boolean> {
    const { store, clock } = this.#input;
    if (!this.#hasHints || this.#hintsFrom > clock.now()) return false;
    this.#hasHints = false;
    try {
      const hints = (await store.hints(LIMITS.hintsPerTurn)).toReversed();
      if (hints.length === LIMITS.hintsPerTurn) this.#hasHints = true;
      let next = Infinity;
      await this.#followBlind(hints);
      for (const window of mergeHints(hints.flatMap(withWindow))) {
        const allowedAt = this.#calls.allowedAt(window);
        if (allowedAt > clock.now()) {
          next = Math.min(next, allowedAt);
          continue;
        }
        this.#calls.add(window);
        await this.#follow(window);
      }
      if (next < Infinity) {
        // A new hint that came meanwhile does not wait for a repeated one.
        if (!this.#hasHints) this.#hintsFrom = next;
        this.#hasHints = true;
      }
      return hints.length > 0;
    } catch (error) {
      this.#hasHints = true;
      this.#calls.clear();
      throw error;
    }
  }

  /** A hint without a window is followed by a poll. */
  async #followBlind(hints: readonly StoredHint[]): Promise<void> {
    const doneHints = hints.filter(({ window }) => window === null).map(({ id }) => id);
    if (doneHints.length === 0) return;
    await this.#doChore("poll");
    await this.#commit({ doneHints });
  }

  async #follow({ from, to, hints }: HintedWindow<HintWindow>): Promise<void> {
    const doneHints = hints.map(({ id }) => id);
    if (to - from <= LIMITS.widestHintS) {
      await this.#commit({ change: await syncWindow({ ...this.#sync(), window: { from, to } }), doneHints });
      return;
    }
    const window = { from, to };
    for await (const change of syncWideWindow({ ...this.#sync(), window })) await this.#commit({ change });
    await this.#commit({ doneHints });
  }

  async #commit(commit: PersonCommit): Promise<void> {
    const whole = wholeCommit(this.#record, commit);
    await this.#input.store.commit(whole);
    this.#record = recordAfter(this.#record, whole);
  }

  async #doChore(chore: Chore): Promise<void> {
    const before = this.#done[chore];
    // Marked first: a poll that is asked for while one runs is one more.
    this.#done[chore] = this.#seconds();
    try {
      await this.#do[chore]();
    } catch (error) {
      if (this.#done[chore] !== null) this.#done[chore] = before;
      throw error;
    }
  }

  readonly #do: Readonly<Record<Chore, () => Promise<void>>> = {
    poll: async () => {
      for await (const change of syncPoll(this.#sync())) await this.#commit({ change });
    },
    profile: async () => {
      const { api, clock } = this.#input;
      const profile = await api.profile({ signal: this.#stopping.signal });
      const change = applyProfile({ person: this.#person(), clock, profile });
      if (change) await this.#commit({ change });
    },
    reread: async () => {
      for await (const change of syncReread(this.#sync())) await this.#commit({ change });
    },
  };

  #failed(error: unknown): void {
    this.#failures++;
    const isBlocked = error instanceof RejectedError && error.actor !== "service";
    const backoffS = Math.min(LIMITS.retryMaxS, LIMITS.retryMinS * 2 ** (this.#failures - 1));
    const againInS = isBlocked ? LIMITS.retryBlockedS : backoffS;
    this.#restUntil = this.#input.clock.now() + againInS * 1000;
    this.#input.onFailure({ error, againInS, isBlocked });
  }

  #seconds(): EpochSeconds {
    return Math.floor(this.#input.clock.now() / 1000);
  }

  #person(): SyncedPerson {
    return { ...this.#record, ambiguous: this.#input.ambiguous };
  }

  #sync() {
    const { api, clock, store } = this.#input;
    return { api, clock, person: this.#person(), reader: store.groups, signal: this.#stopping.signal };
  }
}

interface HintWindow extends Window {
  readonly id: number;
}

const withWindow = ({ id, window }: StoredHint): HintWindow[] => (window === null ? [] : [{ ...window, id }]);
