import type { Clock } from "../clock.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { SubscriptionReport } from "../domain/subscription.ts";
import type { AmbiguousPolicy, Verdict } from "../domain/weigh-in.ts";
import { WeighbridgeError } from "../errors.ts";
import type { PersonApi } from "../ports/person-api.ts";
import type { PersonRecord, PersonStore } from "../ports/person-store.ts";
import { type Decision, decide } from "../weigh-ins/decide.ts";
import type { Failure } from "./backoff.ts";
import { Backoff } from "./backoff.ts";
import { ChoreWork } from "./chore-work.ts";
import { CHORES, type Chore, type ChoreIntervals, Chores } from "./chores.ts";
import { Followed } from "./followed.ts";
import { HintFollower } from "./hint-follower.ts";
import type { News } from "./hints.ts";
import { type PollEnd, PollWaits } from "./poll-waits.ts";
import { blockedBy, emptyData, type FollowProblem, isAccountWorking, lateData, missingCallbacks } from "./problem.ts";
import type { Turns } from "./rounds.ts";
import { type Callback, doCallbacksCome, isSubscribed } from "./subscription.ts";

export interface FollowTiming extends ChoreIntervals {
  /** Hints that arrive this soon after others were followed share one more turn. */
  readonly coalesceMs: number;
  /** An identical call is never made sooner. */
  readonly repeatCallMs: number;
}

/** `unknown`: no such weigh-in is stored. `not_held`: the API is sure of the person. */
export type Decided = "done" | Extract<Decision, string>;

/** Something that failed and is tried again. Only the first failure, and those for another reason, are reported. */
export interface FollowFailure extends Failure {
  readonly chore: Chore | "hints";
}

export interface FollowerInput {
  readonly api: PersonApi;
  readonly store: PersonStore;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  readonly timing: FollowTiming;
  /** Null: no callback can arrive here; polls find everything. */
  readonly callback: Callback | null;
  /** After each look at the subscription, whose report is stored. */
  onSubscription(report: SubscriptionReport): void;
  /** The problem is another one than before; null: there is none any more. */
  onProblem(problem: FollowProblem | null): void;
  onFailure(failure: FollowFailure): void;
  /** Called when something that failed works again. */
  onRecovered(chore: FollowFailure["chore"]): void;
  /** Our clock is behind that of the API by more than a day; ahead where the seconds are negative. Called once. */
  onOddClock?(behindS: number): void;
}

/** How a person is followed now. */
export interface FollowStatus {
  /** When the next poll is due. */
  readonly nextPollAt: EpochSeconds;
  /** When the oldest waiting hint was taken; null where none waits. */
  readonly oldestHintAt: EpochSeconds | null;
}

const TURN_CHORES = CHORES.filter((chore) => chore !== "subscription");

const INTERRUPTED = new Error("a hint came");

/** Follows one person at one API: hints at once, polls as a fallback, one thing at a time. What fails is tried again, and never ends it. */
export class Follower implements Turns {
  readonly #input: FollowerInput;
  readonly #followed: Followed;
  readonly #chores: Chores;
  readonly #work: ChoreWork;
  readonly #hints: HintFollower;
  /** Of what fails unexpectedly outside of chores. */
  readonly #backoff: Backoff;
  #callback: Callback | null;
  /** Fresh hints wait for more of them, monotonic milliseconds. */
  #coalesceUntil = -Infinity;
  readonly #failures = new Map<FollowFailure["chore"], Failure>();
  readonly #pollWaits = new PollWaits();
  #problem: FollowProblem | null = null;
  #isStopped = false;
  /** The calls that are being made. */
  #calls: AbortController | undefined;
  #canInterrupt = () => false;
  /** Subscribes wait for their pace behind those of other people: beside the turns, so that no hint and no poll waits for it. */
  #keeping: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  #wake: () => void = () => {};
  #running: Promise<unknown> | undefined;

  constructor(
    input: FollowerInput,
    { record, hasHints }: { readonly record: PersonRecord; readonly hasHints: boolean },
  ) {
    const { clock, timing, callback } = input;
    this.#input = input;
    this.#callback = callback;
    this.#followed = new Followed(input, record);
    this.#backoff = new Backoff(clock);
    const isAnnounced = () => this.#isAnnounced();
    this.#chores = new Chores({ clock, timing, repeatCallMs: timing.repeatCallMs, record, isAnnounced });
    this.#work = new ChoreWork({
      followed: this.#followed,
      chores: this.#chores,
      callback: () => this.#callback,
      hasFreshHints: () => this.#hints.hasFresh,
      alone: (work) => this.alone(work),
      onSubscription: input.onSubscription,
    });
    this.#hints = new HintFollower(
      {
        followed: this.#followed,
        repeatCallMs: timing.repeatCallMs,
        poll: (signal) => this.#pollForHints(signal),
        pollAt: () => this.#chores.pollAllowedAt,
        pollAgainAt: () => this.#chores.at("poll"),
        onBlind: () => this.#work.requestReread(),
      },
      hasHints,
    );
    this.#planSubscription(record.subscription);
  }

  get record(): PersonRecord {
    return this.#followed.record;
  }

  /** Why the person's data may not come; null: all is well. */
  get problem(): FollowProblem | null {
    return this.#problem;
  }

  get status(): FollowStatus {
    const { clock } = this.#input;
    const waitMs = Math.max(0, this.#chores.at("poll") - clock.monotonic());
    // Rounded once: it stays the same while time passes, and so does every document that has it.
    return { nextPollAt: Math.ceil((clock.now() + waitMs) / 1000), oldestHintAt: this.#hints.oldestAt };
  }

  get isUrgent(): boolean {
    return this.#hints.hasFresh;
  }

  attach(wake: () => void): void {
    this.#wake = wake;
  }

  turnAt(): number {
    if (this.#isStopped) return Infinity;
    const others = Math.max(this.#backoff.until, this.#chores.next(this.#keeping === undefined ? CHORES : TURN_CHORES));
    return this.record.cursor === null ? others : Math.min(this.#hintsAt(), others);
  }

  #hintsAt(): number {
    return this.#hints.hasFresh ? this.#coalesceUntil : Math.max(this.#backoff.until, this.#hints.retryAt);
  }

  /** A hint of this person was stored. It is followed at once, whatever failed before. */
  hinted(): void {
    this.#hints.add();
    if (this.#canInterrupt() && !this.#hints.isFlooded) this.#calls?.abort(INTERRUPTED);
  }

  /** Polls once more, however many ask for it. */
  requestPoll(): void {
    this.#chores.backoff.poll.retryNow();
    this.#chores.request("poll");
  }

  /** Polls once more. Resolves when that poll has ended, with its failure where it failed. */
  poll(): Promise<PollEnd> {
    const ended = this.#pollWaits.ended();
    this.requestPoll();
    return ended;
  }

  /** Reads the profile once more, such as after the API said that it changed. */
  requestProfile(): void {
    this.#chores.backoff.profile.retryNow();
    this.#chores.request("profile");
  }

  /** Looks after the subscription at once. */
  checkSubscription(): void {
    if (this.#callback === null) return;
    this.#chores.backoff.subscription.retryNow();
    this.#chores.request("subscription");
  }

  /** Another address for callbacks, or none. The subscription of the address before ends with the next check, or where there is none, stays. */
  setCallback(callback: Callback | null): void {
    this.#callback = callback;
    this.#planSubscription(this.record.subscription);
  }

  /** Resolves when no look at the subscription is under way: its report is stored then. */
  async subscriptionSettled(): Promise<void> {
    await this.#keeping;
  }

  /** Claims or refuses a weigh-in that may be somebody else's. */
  decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    return this.alone(async () => {
      const { store, clock } = this.#input;
      await this.#followed.load();
      const change = await decide({ person: this.#followed.person, reader: store.groups, clock, weighInId, verdict });
      if (typeof change === "string") return change;
      await this.#followed.commit({ change });
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
    this.#isStopped = true;
    const reason = new Error("the follower stops");
    this.#stopping.abort(reason);
    this.#calls?.abort(reason);
    await Promise.all([this.#running, this.#keeping]);
    this.#pollWaits.endAll("stopped");
  }

  async #serve(): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.#followed.load();
      // Before the first poll nothing tells a moved group from a deleted one: it comes before any hint.
      const isNew = this.record.cursor === null;
      if (isNew && this.#isDue("poll")) await this.#do("poll", { canInterrupt: false });
      if (this.record.cursor !== null) await this.#followHints();
      if (this.#isDue("subscription")) this.#keeping ??= this.#keepSubscription();
      for (const chore of TURN_CHORES) if (this.#isDue(chore)) await this.#do(chore, { canInterrupt: !isNew });
      this.#succeeded("hints", this.#backoff);
    } catch (error) {
      if (error !== INTERRUPTED && !this.#isStopped) this.#failedUnexpectedly(error);
    }
    this.#judge();
  }

  #isDue(chore: Chore): boolean {
    return this.#chores.at(chore) <= this.#input.clock.monotonic();
  }

  async #followHints(): Promise<void> {
    const { clock, timing } = this.#input;
    if (this.#hintsAt() > clock.monotonic()) return;
    const hasFollowed = await this.#call(
      () => this.#hints.canWait,
      (signal) => this.#hints.follow(signal),
    );
    // The person may still be standing on the scale.
    if (hasFollowed && !this.#hints.canWait) this.#coalesceUntil = clock.monotonic() + timing.coalesceMs;
  }

  /** The poll of hints: its failure and success are those of any poll. */
  async #pollForHints(signal: AbortSignal): Promise<News> {
    this.#chores.request("poll");
    this.#chores.begin("poll");
    this.#pollWaits.begin();
    try {
      const news = await this.#work.poll("hint", signal);
      this.#succeeded("poll", this.#chores.backoff.poll);
      return news;
    } catch (error) {
      this.#chores.request("poll");
      signal.throwIfAborted();
      this.#failed("poll", this.#chores.backoff.poll, error);
      throw error;
    }
  }

  /** Rejects only where a hint interrupts it, or the follower stops. */
  async #do(chore: Chore, { canInterrupt }: { readonly canInterrupt: boolean }): Promise<void> {
    const backoff = this.#chores.backoff[chore];
    this.#chores.begin(chore);
    if (chore === "poll") this.#pollWaits.begin();
    try {
      await this.#call(
        () => canInterrupt,
        (signal) => this.#work.do(chore, signal),
      );
      this.#succeeded(chore, backoff);
    } catch (error) {
      this.#chores.request(chore);
      if (error === INTERRUPTED || this.#isStopped) throw error;
      this.#failed(chore, backoff, error);
    }
  }

  /** Never rejects. */
  async #keepSubscription(): Promise<void> {
    const backoff = this.#chores.backoff.subscription;
    this.#chores.begin("subscription");
    try {
      await this.#work.do("subscription", this.#stopping.signal);
      this.#succeeded("subscription", backoff);
    } catch (error) {
      this.#chores.request("subscription");
      if (!this.#isStopped) this.#failed("subscription", backoff, error);
    }
    this.#keeping = undefined;
    this.#judge();
    this.#wake();
  }

  async #call<T>(canInterrupt: () => boolean, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const calls = new AbortController();
    this.#calls = calls;
    this.#canInterrupt = canInterrupt;
    try {
      return await work(calls.signal);
    } catch (error) {
      throw calls.signal.aborted ? calls.signal.reason : error;
    } finally {
      this.#calls = undefined;
    }
  }

  #succeeded(chore: FollowFailure["chore"], backoff: Backoff): void {
    backoff.succeeded();
    if (chore === "poll") this.#pollWaits.end("polled");
    if (this.#failures.delete(chore)) this.#input.onRecovered(chore);
  }

  #failed(chore: FollowFailure["chore"], backoff: Backoff, error: unknown): Failure {
    const failure = backoff.failed(error);
    const before = this.#failures.get(chore);
    this.#failures.set(chore, failure);
    if (chore === "poll") this.#pollWaits.end(failure);
    if (before === undefined || codeOf(before.error) !== codeOf(error)) this.#input.onFailure({ ...failure, chore });
    return failure;
  }

  /** The store failed, or what is no fault of the API. Fresh hints wait too: nothing could be done for them. */
  #failedUnexpectedly(error: unknown): void {
    this.#pollWaits.endAll(this.#failed("hints", this.#backoff, error));
    this.#coalesceUntil = this.#backoff.until;
  }

  /** Finds what is wrong now, and reports it where that is another thing than before. */
  #judge(): void {
    const problem = this.#problemNow();
    const isSame = problem?.code === this.#problem?.code;
    // The service ends the subscriptions of a person who stops sharing or ends the consent.
    if (!isAccountWorking(this.#problem) && isAccountWorking(problem)) this.checkSubscription();
    this.#problem = problem;
    if (!isSame) this.#input.onProblem(problem);
  }

  #problemNow(): FollowProblem | null {
    const poll = this.#failures.get("poll");
    const blocking = blockedBy(this.#failures.get("hints")) ?? blockedBy(poll);
    if (blocking) return blocking;
    const { failingMs } = this.#chores.backoff.poll;
    const late = poll && lateData(poll.error, failingMs, this.#input.timing.pollWithoutSubscriptionS);
    if (late) return late;
    if (this.#followed.isEmpty) return emptyData(this.record.key);
    return this.#callback === null ? null : missingCallbacks(this.record.memory, this.#followed.now());
  }

  #isAnnounced(): boolean {
    const { subscription, memory } = this.record;
    // Polls alone find the kinds of data that are lacking.
    const isWhole = subscription?.lacking === undefined && isSubscribed(subscription, this.#followed.now());
    return this.#callback !== null && isWhole && doCallbacksCome(memory);
  }

  #planSubscription(report: SubscriptionReport | null): void {
    if (this.#callback === null) this.#chores.endSubscription();
    else this.#chores.planSubscription(report?.callbackUrl === this.#callback.url ? report : null);
  }
}

const codeOf = (error: unknown): string => (error instanceof WeighbridgeError ? error.code : "unexpected");
