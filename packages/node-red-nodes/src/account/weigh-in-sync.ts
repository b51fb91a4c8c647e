import {
  type AmbiguousPolicy,
  applyProfile,
  type Chore,
  type Clock,
  decide,
  dueTimes,
  type LastDone,
  mergeHints,
  type PersonApi,
  type PersonEvent,
  RejectedError,
  type SubscriptionReport,
  type SyncChange,
  syncPoll,
  syncReread,
  syncWindow,
  type Verdict,
} from "@weighbridge/core";
import { type Problem, problemOf } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { groupReader } from "./group-reader.ts";
import { type Hint, withChange, withoutEvents, withReread } from "./record.ts";
import type { RecordFile } from "./record-file.ts";

export interface WeighInSyncInput {
  readonly api: PersonApi;
  readonly file: RecordFile;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  /** How those that bring notifications here stand. */
  subscriptions(): readonly SubscriptionReport[];
  /** From when on events may be told, epoch milliseconds; until then they wait on disk. */
  tellFrom(): number;
  /** The events are on disk, and are told again after a crash until this returns. */
  onEvents(events: readonly PersonEvent[]): void;
  /** The account began or ceased to answer. */
  onProblem(problem: Problem | null): void;
}

const CHORES: readonly Chore[] = ["poll", "profile", "reread"];

/** One person's sync: follows hints at once, polls as a fallback, and does one thing at a time. */
export class WeighInSync {
  readonly #input: WeighInSyncInput;
  readonly #stopping = new AbortController();
  readonly #done: LastDone = { poll: null, profile: null, reread: null };
  /** By window, when it was asked for last, epoch milliseconds. */
  readonly #calls = new Map<string, number>();
  /** Told in this process, though perhaps still in the outbox. */
  readonly #sent = new Set<string>();
  /** Epoch seconds. */
  #startedAt = 0;
  /** A hint came since they were looked at last. */
  #isHinted = false;
  /** Hints are not looked at before, epoch milliseconds. */
  #hintsFrom = 0;
  #restUntil = 0;
  #failures = 0;
  #problem: Problem | null = null;
  #alarm = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> = Promise.resolve();

  constructor(input: WeighInSyncInput) {
    this.#input = input;
  }

  start(): void {
    this.#startedAt = this.#seconds();
    this.#done.reread = this.#input.file.record.rereadAt ?? null;
    this.#loop = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await Promise.allSettled([this.#loop, this.#turn]);
  }

  /** A hint is on disk. */
  hinted(): void {
    this.#isHinted = true;
    this.#hintsFrom = 0;
    this.#alarm.abort();
  }

  requestPoll(): void {
    this.#done.poll = null;
    this.#restUntil = 0;
    this.#alarm.abort();
  }

  /** Something that times depend on has changed, such as a subscription. */
  reconsider(): void {
    this.#alarm.abort();
  }

  /** Somebody whom events waited for is there. */
  tellOwed(): void {
    this.#alone(() => this.#deliver()).catch((error: unknown) => this.#tell(problemOf(error)));
  }

  /** False where no such weigh-in is known. */
  decide(weighInId: number, verdict: Verdict): Promise<boolean> {
    return this.#alone(async () => {
      const { clock } = this.#input;
      const change = await decide({ person: this.#person(), reader: this.#reader(), clock, weighInId, verdict });
      if (change === undefined) return false;
      await this.#commit(change);
      return true;
    });
  }

  /** Waits for the turn of others, also of those that failed. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #watch(): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#alarm = new AbortController();
      try {
        const wait = this.#nextTurn() - clock.now();
        if (wait <= 0) await this.#alone(() => this.#serve());
        // An alarm says that the next turn comes earlier.
        else await clock.sleep(wait, this.#alarm.signal).catch(() => {});
      } catch (error) {
        // A mistake of ours must not end Node-RED.
        this.#tell(problemOf(error));
        await clock.sleep(LIMITS.retryMaxS * 1000, signal).catch(() => {});
      }
    }
  }

  #nextTurn(): number {
    const { poll, profile, reread } = this.#dueTimes();
    const { hints, outbox } = this.#input.file.record;
    const hint = hints.length > 0 ? this.#hintsFrom : Infinity;
    const event = outbox.some(({ id }) => !this.#sent.has(id)) ? this.#input.tellFrom() : Infinity;
    return Math.max(this.#restUntil, Math.min(1000 * Math.min(poll, profile, reread), hint, event));
  }

  #dueTimes() {
    const { file, pollWithoutSubscriptionS, subscriptions } = this.#input;
    return dueTimes({
      done: this.#done,
      startedAt: this.#startedAt,
      addedAt: file.record.addedAt,
      subscriptions: subscriptions(),
      intervals: {
        pollWithSubscriptionS: LIMITS.pollWithSubscriptionS,
        pollWithoutSubscriptionS,
        rereadS: LIMITS.rereadEveryS,
        profileS: LIMITS.profileEveryS,
      },
    });
  }

  #seconds(): number {
    return Math.floor(this.#input.clock.now() / 1000);
  }

  async #serve(): Promise<void> {
    const { clock, file } = this.#input;
    try {
      await this.#deliver();
      // Before the first poll nothing tells a moved group from a deleted one: it comes before any hint.
      const isNew = file.record.cursor === null;
      const followed = isNew ? { hasFollowed: false } : await this.#tryHints();
      const due = this.#dueTimes();
      for (const chore of CHORES) if (due[chore] <= this.#seconds()) await this.#doChore(chore);
      if ("failure" in followed) throw followed.failure;
      const hasFollowed = isNew ? await this.#followHints() : followed.hasFollowed;
      this.#failures = 0;
      this.#tell(null);
      // Somebody may still be standing on the scale: what comes in a moment comes together. A mere poll delays no hint.
      if (hasFollowed) this.#restUntil = clock.now() + LIMITS.coalesceMs;
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
    const { clock, file } = this.#input;
    const { hints } = file.record;
    if (hints.length === 0 || this.#hintsFrom > clock.now()) return false;
    this.#isHinted = false;
    let next = Infinity;
    for (const { hints: done, from, to } of mergeHints(hints)) {
      const call = `${from} ${to}`;
      const allowedAt = (this.#calls.get(call) ?? -Infinity) + LIMITS.repeatCallMs;
      if (allowedAt > clock.now()) {
        next = Math.min(next, allowedAt);
        continue;
      }
      this.#calls.delete(call);
      this.#calls.set(call, clock.now());
      if (this.#calls.size > LIMITS.recentCalls) this.#calls.delete(this.#calls.keys().next().value as string);
      await this.#follow({ from, to }, done);
    }
    // A new hint that came meanwhile does not wait for a repeated one.
    if (next < Infinity && !this.#isHinted) this.#hintsFrom = next;
    return true;
  }

  async #follow(window: Hint, done: readonly Hint[]): Promise<void> {
    // A window of months is not one weigh-in: a poll brings the same in bounded parts.
    if (window.to - window.from > LIMITS.widestHintS) {
      await this.#doChore("poll");
      const { state } = this.#input.file.record;
      return this.#commit({ upserts: [], removals: [], events: [], state }, done);
    }
    await this.#commit(await syncWindow({ ...this.#sync(), window }), done);
  }

  async #doChore(chore: Chore): Promise<void> {
    const before = this.#done[chore];
    // Marked first: a poll that is asked for while one runs is one more.
    this.#done[chore] = this.#seconds();
    try {
      await this.#do(chore);
    } catch (error) {
      if (this.#done[chore] !== null) this.#done[chore] = before;
      throw error;
    }
  }

  async #do(chore: Chore): Promise<void> {
    const { api, clock, file } = this.#input;
    const { signal } = this.#stopping;
    if (chore === "poll") {
      for await (const change of syncPoll(this.#sync())) await this.#commit(change);
    } else if (chore === "profile") {
      const profile = await api.profile({ signal });
      const change = applyProfile({ person: this.#person(), clock, profile });
      if (change) await this.#commit(change);
    } else {
      const to = this.#seconds();
      const range = { from: to - LIMITS.rereadS, to };
      for await (const change of syncReread({ ...this.#sync(), range })) await this.#commit(change);
      await file.commit((record) => withReread(record, to));
    }
  }

  async #commit(change: SyncChange, done: readonly Hint[] = []): Promise<void> {
    const { file } = this.#input;
    const { record } = file;
    const { upserts, removals, events, cursor, state, verdict } = change;
    const isSame =
      upserts.length + removals.length + events.length + done.length === 0 &&
      verdict === undefined &&
      state === record.state;
    // A poll that found nothing is no reason to write a whole history again: the next one looks back a little further.
    const lag = cursor === undefined ? 0 : record.cursor === null ? Infinity : cursor - record.cursor;
    if (isSame && lag < LIMITS.cursorLagS) return;
    await file.commit((current) => withChange(current, change, done));
    await this.#deliver();
  }

  async #deliver(): Promise<void> {
    const { clock, file, onEvents, tellFrom } = this.#input;
    if (this.#stopping.signal.aborted || tellFrom() > clock.now()) return;
    const owed = file.record.outbox.filter(({ id }) => !this.#sent.has(id));
    if (owed.length > 0) {
      onEvents(owed);
      for (const { id } of owed) this.#sent.add(id);
    }
    if (file.record.outbox.length === 0) return;
    await file.commit((record) => withoutEvents(record, this.#sent));
    this.#sent.clear();
  }

  #failed(error: unknown): void {
    const { clock } = this.#input;
    this.#failures++;
    // What was refused was perhaps not carried out: the same call may be made again.
    this.#calls.clear();
    const isBlocked = error instanceof RejectedError && error.actor !== "service";
    const backoffS = Math.min(LIMITS.retryMaxS, LIMITS.retryMinS * 2 ** (this.#failures - 1));
    this.#restUntil = clock.now() + (isBlocked ? LIMITS.retryBlockedS : backoffS) * 1000;
    this.#tell(problemOf(error));
  }

  #tell(problem: Problem | null): void {
    if (this.#problem?.code === problem?.code) return;
    this.#problem = problem;
    this.#input.onProblem(problem);
  }

  #reader() {
    return groupReader(() => this.#input.file.record);
  }

  #person() {
    const { key, addedAt, cursor, state } = this.#input.file.record;
    return { key, addedAt, cursor, state, ambiguous: this.#input.ambiguous };
  }

  #sync() {
    const { api, clock } = this.#input;
    return { api, person: this.#person(), reader: this.#reader(), clock, signal: this.#stopping.signal };
  }
}
