import {
  type Chore,
  type ChoreIntervals,
  type Clock,
  mergeHints,
  RejectedError,
  WeighbridgeError,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../logger.ts";
import type { Store } from "../store/store.ts";
import { type AccountProblem, choresDue, choreTimes, type Desk, newDesk, turnAt } from "./desk.ts";
import type { Syncer } from "./syncer.ts";

export interface WorkerTiming extends ChoreIntervals {
  /** Hints that arrive this long after a sync become one more. */
  readonly coalesceMs: number;
  /** An identical call is never made sooner. */
  readonly repeatCallMs: number;
  readonly parallelSyncs: number;
}

export interface WorkerInput {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: WorkerTiming;
  /** A person's account began or ceased to answer. */
  onStanding(personId: number): void;
}

/** Drains the inbox and does the chores: one person at a time, several people side by side, the first hint at once. */
export class Worker {
  readonly #input: WorkerInput;
  readonly #desks = new Map<number, Desk>();
  readonly #waiting = new Set<Desk>();
  readonly #stopping = new AbortController();
  #running = 0;
  /** Ends the sleep until the next turn. */
  #alarm = new AbortController();
  #alarmAt = Infinity;
  #loop: Promise<void> = Promise.resolve();

  constructor(input: WorkerInput) {
    this.#input = input;
  }

  async start(people: Iterable<{ readonly slug: string; readonly syncer: Syncer }>): Promise<void> {
    const { store, clock } = this.#input;
    const now = Math.floor(clock.now() / 1000);
    for (const { slug, syncer } of people) this.#desks.set(syncer.stored.id, newDesk(slug, syncer, now));
    for (const personId of await store.hinted()) {
      const desk = this.#desks.get(personId);
      if (desk) desk.hasHints = true;
    }
    this.#loop = this.#watch();
  }

  /** A hint of this person is on disk. */
  hinted(personId: number): void {
    const desk = this.#desks.get(personId);
    if (desk === undefined) return;
    desk.hasHints = true;
    desk.hintsFrom = 0;
    this.#consider(desk);
  }

  /** Polls as soon as the person's turn comes. */
  requestPoll(personId: number): void {
    const desk = this.#desks.get(personId);
    if (desk === undefined) return;
    desk.done.poll = null;
    desk.restUntil = 0;
    this.#consider(desk);
  }

  /** Something that times depend on has changed, such as the subscription. */
  reconsider(personId: number): void {
    const desk = this.#desks.get(personId);
    if (desk) this.#consider(desk);
  }

  /** Does something to a person while no sync of theirs runs. */
  async alone<T>(personId: number, work: (syncer: Syncer) => Promise<T>): Promise<T> {
    const desk = this.#desks.get(personId);
    if (desk === undefined) throw new Error(`person ${personId} has no desk`);
    while (desk.running !== undefined) await desk.running;
    const working = work(desk.syncer);
    desk.running = working.then(
      () => {},
      () => {},
    );
    try {
      return await working;
    } finally {
      desk.running = undefined;
      this.#consider(desk);
    }
  }

  problemOf(personId: number): AccountProblem | null {
    return this.#desks.get(personId)?.problem ?? null;
  }

  /** Epoch seconds. */
  nextPollAt(personId: number): number | null {
    const desk = this.#desks.get(personId);
    return desk === undefined ? null : choreTimes(desk, this.#input.timing).poll;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.abort();
    await Promise.all([this.#loop, ...[...this.#desks.values()].map(({ running }) => running)]);
  }

  /** Takes up whoever's turn has come, and sleeps until the next turn. */
  async #watch(): Promise<void> {
    const { clock, timing } = this.#input;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#alarm = new AbortController();
      this.#alarmAt = Infinity;
      for (const desk of this.#desks.values()) {
        if (desk.running !== undefined || this.#waiting.has(desk)) continue;
        const at = turnAt(desk, timing);
        if (at <= clock.now()) this.#waiting.add(desk);
        else this.#alarmAt = Math.min(this.#alarmAt, at);
      }
      this.#drain();
      try {
        await clock.sleep(Math.max(0, this.#alarmAt - clock.now()), this.#alarm.signal);
      } catch {
        // Somebody's turn comes earlier, or everything stops.
      }
    }
  }

  #consider(desk: Desk): void {
    if (desk.running !== undefined || this.#stopping.signal.aborted) return;
    const at = turnAt(desk, this.#input.timing);
    if (at <= this.#input.clock.now()) {
      this.#waiting.add(desk);
      this.#drain();
    } else if (at < this.#alarmAt) {
      this.#alarm.abort();
    }
  }

  #drain(): void {
    for (const desk of this.#waiting) {
      if (this.#running >= this.#input.timing.parallelSyncs || this.#stopping.signal.aborted) return;
      this.#waiting.delete(desk);
      if (desk.running !== undefined) continue;
      this.#running++;
      desk.running = this.#serve(desk).finally(() => {
        this.#running--;
        desk.running = undefined;
        this.#consider(desk);
        this.#drain();
      });
    }
  }

  async #serve(desk: Desk): Promise<void> {
    const { clock, timing } = this.#input;
    try {
      // Before the first poll nothing tells a moved group from a deleted one: it comes before any hint.
      const isNew = desk.syncer.stored.cursor === null;
      const followed = isNew ? { hasFollowed: false } : await this.#tryHints(desk);
      for (const chore of choresDue(desk, timing, Math.floor(clock.now() / 1000))) await this.#doChore(desk, chore);
      if ("failure" in followed) throw followed.failure;
      const hasFollowed = isNew ? await this.#followHints(desk) : followed.hasFollowed;
      this.#succeeded(desk);
      // Somebody may still be standing on the scale: what comes in a moment comes together. A mere poll delays no hint.
      if (hasFollowed) desk.restUntil = clock.now() + timing.coalesceMs;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#failed(desk, error);
    }
  }

  /** A window that fails again and again must not hold up the polls, which find the same in the end. */
  async #tryHints(desk: Desk): Promise<{ readonly hasFollowed: boolean } | { readonly failure: unknown }> {
    try {
      return { hasFollowed: await this.#followHints(desk) };
    } catch (failure) {
      return { failure };
    }
  }

  /** Whether there was anything to follow. */
  async #followHints(desk: Desk): Promise<boolean> {
    const { store, clock, timing } = this.#input;
    const { syncer, calls } = desk;
    if (!desk.hasHints || desk.hintsFrom > clock.now()) return false;
    desk.hasHints = false;
    try {
      const hints = await store.hints(syncer.stored.id, LIMITS.hintsPerSync);
      if (hints.length === LIMITS.hintsPerSync) desk.hasHints = true;
      let next = Infinity;
      for (const window of mergeHints(hints)) {
        const call = `${window.from} ${window.to}`;
        const allowedAt = (calls.get(call) ?? -Infinity) + timing.repeatCallMs;
        if (allowedAt > clock.now()) {
          next = Math.min(next, allowedAt);
          continue;
        }
        calls.set(call, clock.now());
        if (calls.size > LIMITS.recentCalls) calls.delete(calls.keys().next().value as string);
        await syncer.followHints(window, this.#stopping.signal);
      }
      if (next < Infinity) {
        // A new hint that came meanwhile does not wait for a repeated one.
        if (!desk.hasHints) desk.hintsFrom = next;
        desk.hasHints = true;
      }
      return hints.length > 0;
    } catch (error) {
      desk.hasHints = true;
      desk.calls.clear();
      throw error;
    }
  }

  async #doChore({ syncer, done }: Desk, chore: Chore): Promise<void> {
    const { signal } = this.#stopping;
    const before = done[chore];
    // Marked first: a poll that is asked for while one runs is one more.
    done[chore] = Math.floor(this.#input.clock.now() / 1000);
    try {
      if (chore === "poll") await syncer.poll(signal);
      else if (chore === "profile") await syncer.readProfile(signal);
      else await syncer.reread(signal);
    } catch (error) {
      if (done[chore] !== null) done[chore] = before;
      throw error;
    }
  }

  #succeeded(desk: Desk): void {
    if (desk.failures > 0) this.#input.log.info("The API answers again", { person: desk.slug });
    desk.failures = 0;
    desk.toldFailure = null;
    if (desk.problem === null) return;
    desk.problem = null;
    this.#input.onStanding(desk.syncer.stored.id);
  }

  /** What was hinted stays in the inbox; the person is tried again later. */
  #failed(desk: Desk, error: unknown): void {
    const { clock, log } = this.#input;
    desk.failures++;
    const isBlocked = error instanceof RejectedError && error.actor !== "service";
    const backoffS = Math.min(LIMITS.retryMaxS, LIMITS.retryMinS * 2 ** (desk.failures - 1));
    const afterS = isBlocked ? LIMITS.retryBlockedS : backoffS;
    desk.restUntil = clock.now() + afterS * 1000;
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { person: desk.slug, reason, again_in_s: afterS };
    if (!(error instanceof WeighbridgeError)) log.error("A sync failed unexpectedly", facts);
    else if (desk.toldFailure !== error.code) log.warn("A sync failed", { ...facts, remedy: error.remedy });
    desk.toldFailure = error instanceof WeighbridgeError ? error.code : null;
    if (!isBlocked || desk.problem?.code === error.code) return;
    desk.problem = { code: error.code, message: error.message, remedy: error.remedy };
    this.#input.onStanding(desk.syncer.stored.id);
  }
}
