import {
  type AmbiguousPolicy,
  type Callback,
  type Clock,
  type Decided,
  Follower,
  type FollowFailure,
  type PersonEvent,
  type Problem,
  problemOf,
  Rounds,
  type SubscriptionReport,
  type Verdict,
  WeighbridgeError,
  type Window,
} from "@weighbridge/core";
import { SetupError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { ERROR_CODES, type NodeErrorCode } from "../shared/error-codes.ts";
import type { AccountApi } from "./account-api.ts";
import { Delivery } from "./delivery.ts";
import { urlsOf } from "./record.ts";
import type { RecordFile } from "./record-file.ts";
import { RecordStore, recordOf } from "./record-store.ts";

/** Parts that can keep an account from working; each has one problem at a time. */
export type Source = "start" | "address" | "hint" | "outbox" | "follower" | "subscription" | FollowFailure["chore"];

export interface FollowingInput {
  readonly api: AccountApi;
  /** Loaded, and closed by whoever opened it. */
  readonly file: RecordFile;
  readonly clock: Clock;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  /** Null: no callback can arrive here; polls find everything. */
  readonly callback: Callback | null;
  /** Whether a subscription under this URL is one of ours at which nothing listens. */
  isOrphan(callbackUrl: string): boolean;
  /** From when on events may be sent, epoch milliseconds; until then they wait on disk. */
  deliverFrom(): number;
  onEvents(events: readonly PersonEvent[]): void;
  /** Null: this part works. */
  onProblem(source: Source, problem: Problem | null): void;
  onSubscription(report: SubscriptionReport): void;
  warn(text: string): void;
}

/** Follows an account's person from a start to a stop: core's follower, its hints and its outbox on the record file. */
export class Following {
  readonly #input: FollowingInput;
  readonly #follower: Follower;
  readonly #delivery: Delivery;
  readonly #rounds: Rounds;
  readonly #stopping = new AbortController();
  #callback: Callback | null;
  /** Code of a passing failure of the subscription, as it was logged last. */
  #loggedSubscription: string | undefined;
  /** Hints that could not be written are remembered as one, until they can. */
  #unwritten: Promise<void> | undefined;
  /** Ends subscriptions at which nothing listens. */
  #tidying: Promise<void> | undefined;

  constructor(input: FollowingInput) {
    const { api, file, clock, ambiguous, pollWithoutSubscriptionS, callback, deliverFrom, onEvents } = input;
    this.#input = input;
    this.#callback = callback;
    this.#follower = new Follower(
      {
        api: api.person,
        store: new RecordStore(api.key, file, () => this.#rounds.wake(this.#delivery)),
        clock,
        ambiguous,
        timing: { ...TIMING, profileS: PROFILE_S[api.person.generation], pollWithoutSubscriptionS },
        callback,
        onSubscription: (report) => this.#looked(report),
        onProblem: (problem) => input.onProblem("follower", problem),
        onFailure: (failure) => this.#failed(failure),
        onRecovered: (chore) => input.onProblem(chore, null),
        onOddClock: (behindS) => input.warn(oddClock(behindS)),
      },
      { record: recordOf(api.key, file), hasHints: file.record.hints.length > 0 },
    );
    const onProblem = (problem: Problem | null) => input.onProblem("outbox", problem);
    this.#delivery = new Delivery({ file, clock, deliverFrom, onEvents, onProblem });
    this.#rounds = new Rounds(clock, { parallel: 2 });
  }

  start(): void {
    // The API decides, whatever was known before.
    this.#follower.checkSubscription();
    this.#rounds.add(this.#follower);
    this.#rounds.add(this.#delivery);
    if (this.#callback === null) this.#tidy(() => this.unsubscribe());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([
      this.#follower.stop(),
      this.#delivery.stop(),
      this.#rounds.stop(),
      this.#unwritten,
      this.#tidying,
    ]);
  }

  setCallback(callback: Callback | null): void {
    if (callback?.url === this.#callback?.url) return;
    this.#callback = callback;
    this.#follower.setCallback(callback);
    this.#rounds.wake(this.#follower);
  }

  /** Resolves when the hint is on disk. Where it cannot be written, it rejects, and a poll follows the hint once it can. */
  async take(window: Window | null): Promise<void> {
    try {
      await this.#write(window);
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        this.#input.onProblem("hint", problemOf(error));
        this.#unwritten ??= this.#writeLater();
      }
      throw error;
    }
  }

  requestPoll(): void {
    this.#follower.requestPoll();
    this.#rounds.wake(this.#follower);
  }

  requestProfile(): void {
    this.#follower.requestProfile();
    this.#rounds.wake(this.#follower);
  }

  /** A listener that events waited for is there. */
  deliver(): void {
    void this.#delivery.serve();
  }

  async decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    const decided = await this.#follower.decide(weighInId, verdict);
    await this.#delivery.serve();
    return decided;
  }

  /** Ends every subscription that is known of, within the time that Node-RED gives a closing node. Rejects with what kept it from that. */
  async unsubscribe(): Promise<void> {
    const { api, file, clock } = this.#input;
    this.setCallback(null);
    const done = new AbortController();
    const late = clock.sleep(LIMITS.revokeOnCloseMs, done.signal).then(
      () => done.abort(notRevoked()),
      () => {},
    );
    const signal = AbortSignal.any([done.signal, this.#stopping.signal]);
    try {
      // One that is being made could not be ended yet.
      await Promise.race([this.#follower.subscriptionSettled(), late]);
      signal.throwIfAborted();
      const { subscription, subscriptions = {} } = file.record;
      const reports = [...(subscription ? [subscription] : []), ...Object.values(subscriptions)];
      if (reports.length === 0) return;
      for (const url of reports.flatMap(urlsOf)) await api.person.revoke(url, { signal });
      await this.#follower.alone(() => file.commit({ isUnsubscribed: true }));
    } finally {
      done.abort();
      await late;
    }
  }

  async #write(window: Window | null): Promise<void> {
    const { file, clock } = this.#input;
    await file.commit({ hint: { window, takenAt: Math.floor(clock.now() / 1000) } });
    this.#follower.hinted();
    this.#rounds.wake(this.#follower);
  }

  /** One hint without a window stands for all that could not be written: a poll follows it. Never rejects. */
  async #writeLater(): Promise<void> {
    const { clock, onProblem } = this.#input;
    const { signal } = this.#stopping;
    for (let isWritten = false; !isWritten && !signal.aborted; ) {
      await clock.sleep(LIMITS.retryWriteMs, signal).catch(() => {});
      if (signal.aborted) return;
      isWritten = await this.#write(null).then(
        () => true,
        () => false,
      );
    }
    this.#unwritten = undefined;
    onProblem("hint", null);
  }

  /** A fault of our own or of the disk is a problem in any chore. Polls that somebody must mend are the follower's problem; the rest is logged. */
  #failed({ chore, error, againInS }: FollowFailure): void {
    const { onProblem, warn } = this.#input;
    if (error instanceof SetupError || !(error instanceof WeighbridgeError)) return onProblem(chore, problemOf(error));
    // A poll's refusal becomes the follower's problem, with its remedy.
    if (error.actor === "service" || (chore !== "poll" && chore !== "hints"))
      warn(`${error.message}; tried again in ${againInS} s (${error.code})`);
  }

  #looked(report: SubscriptionReport): void {
    const { onProblem, onSubscription, warn } = this.#input;
    const { status, problem } = report;
    const passing = problem !== undefined && isPassing(problem.code) ? problem : undefined;
    if (passing && passing.code !== this.#loggedSubscription) warn(`the subscription: ${passing.message}`);
    this.#loggedSubscription = passing?.code;
    onProblem("subscription", passing ? null : (problem ?? null));
    onSubscription(report);
    if (status !== "failed") this.#tidy(() => this.#endOthers(status === "made"));
  }

  #tidy(work: () => Promise<void>): void {
    this.#tidying ??= work()
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted)
          this.#input.warn(`a subscription could not be ended: ${problemOf(error).message}`);
      })
      .finally(() => {
        this.#tidying = undefined;
      });
  }

  /** Those of weigh-in nodes of an earlier version; after our own was made, also those whose secret nobody here has any more. */
  async #endOthers(isMade: boolean): Promise<void> {
    const { api, file, isOrphan } = this.#input;
    const { signal } = this.#stopping;
    const isOther = (url: string | undefined) => url !== undefined && url !== this.#callback?.url;
    for (const [nodeId, report] of Object.entries(file.record.subscriptions ?? {})) {
      for (const url of urlsOf(report).filter(isOther)) await api.person.revoke(url, { signal });
      await this.#follower.alone(() => file.commit({ subscription: { nodeId, report: null } }));
    }
    if (!isMade) return;
    // Early servers have no such list, or no URLs in it: there, a subscription ends by itself within three weeks.
    const listed = await api.subscriptions({ signal }).catch(() => []);
    for (const { callbackUrl } of listed)
      if (callbackUrl !== undefined && isOther(callbackUrl) && isOrphan(callbackUrl))
        await api.person.revoke(callbackUrl, { signal });
  }
}

/** Passes by itself: nobody has to act. */
const isPassing = (code: string): boolean => ERROR_CODES[code as NodeErrorCode]?.actor === "service";

const oddClock = (behindS: number): string =>
  `the clock of this machine is ${behindS < 0 ? "ahead of" : "behind"} that of the service by more than a day. Set it right: weigh-ins dated far from now may make no event`;

const notRevoked = () =>
  new SetupError("the service did not end the subscription in time", {
    code: "not_revoked",
    remedy:
      "Revoke it with a notify node. Otherwise it ends by itself, within three weeks or, at today's API, with the consent.",
  });

/** Today's API has a goal where the original one has a name: people change it more often. */
const PROFILE_S = { wbs: LIMITS.profileEveryS, public: LIMITS.goalsEveryS } as const;

const TIMING = {
  pollWithSubscriptionS: LIMITS.pollWithSubscriptionS,
  rereadS: LIMITS.rereadEveryS,
  coalesceMs: LIMITS.coalesceMs,
  repeatCallMs: LIMITS.repeatCallMs,
} as const;
