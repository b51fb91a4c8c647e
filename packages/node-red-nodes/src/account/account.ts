import {
  type AmbiguousPolicy,
  type Callback,
  type Clock,
  type Decided,
  isAccountWorking,
  type PersonChange,
  type PersonEvent,
  type PersonState,
  type Problem,
  problemOf,
  type Verdict,
  type Window,
} from "@weighbridge/core";
import { SetupError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { NodeErrorCode } from "../shared/error-codes.ts";
import type { AccountApi, AccountSource } from "./account-api.ts";
import { Following, type Source } from "./following.ts";
import { newRecord } from "./record.ts";
import { RecordFile } from "./record-file.ts";

export interface AccountInput {
  readonly source: AccountSource;
  /** The person's name in their household; blank: their userid. */
  readonly name: string;
  /** File of the weigh-in state of a person, by the key of the API. */
  stateFile(key: string): string;
  /** The account was deployed in an earlier process, so that there should be a state file. */
  readonly isOld: boolean;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  readonly isRevokedOnRemoval: boolean;
  readonly clock: Clock;
  /** Gives the address of callbacks at each start; null: none can arrive, and polls find everything. Throws a SetupError: weigh-ins are polled meanwhile. */
  callback(): Callback | null;
  /** Whether a subscription under this URL is one of ours at which nothing listens. */
  isOrphan(callbackUrl: string): boolean;
  warn(text: string): void;
}

/** How the account hears of weigh-ins: by polls alone, or by a subscription that is to be made, or is there. */
export type SubscriptionState = "none" | "pending" | "kept";

/** A listener to weigh-ins. Must not throw. */
export interface WeighInListener {
  /** Stays the same when it is made anew. */
  readonly id: string;
  onEvent(event: PersonEvent): void;
  /** Null: the account works. */
  onProblem(problem: Problem | null): void;
  onSubscription(state: SubscriptionState): void;
  /** The account is another person's from now on. */
  onPerson(): void;
}

interface Running {
  readonly file: RecordFile;
  readonly following: Following;
}

/** One person at one API, shared by every node that uses the account node: one client, one limiter, one follower, one subscription. */
export class Account {
  readonly #input: AccountInput;
  /** Undefined until the person is known, who has to consent at today's API. */
  #api: AccountApi | undefined;
  readonly #listeners = new Set<WeighInListener>();
  /** Listeners that are being made anew, by id: until when events wait for them, epoch milliseconds. */
  readonly #away = new Map<string, number>();
  /** The oldest first. */
  readonly #problems = new Map<Source, Problem>();
  #subscription: SubscriptionState | undefined;
  #running: Running | undefined;
  /** Ends the wait before the next attempt to start. */
  #retrying = new AbortController();
  /** Starts and stops follow each other. */
  #lifecycle: Promise<void> = Promise.resolve();
  /** The account node is deleted or disabled. */
  #isRemoved = false;

  constructor(input: AccountInput) {
    this.#input = input;
  }

  /** Rejects with `not_authorized` where nobody has consented yet. */
  async api(): Promise<AccountApi> {
    this.#api ??= await this.#input.source.open();
    return this.#api;
  }

  refusalOf(callbackUrl: string): string | undefined {
    return this.#input.source.refusalOf(callbackUrl);
  }

  /** Whom events are about. */
  get who(): { readonly key: string; readonly name: string; readonly userId: string } {
    const { key = "", person } = this.#api ?? {};
    const userId = person?.userId ?? "";
    return { key, name: this.#input.name || userId, userId };
  }

  /** Undefined while nobody listens. */
  get state(): PersonState | undefined {
    return this.#running?.file.record.state;
  }

  /** How many events a weigh-in had so far. */
  eventCount(weighInId: number): number {
    return this.#running?.file.record.eventCounts[weighInId] ?? 0;
  }

  /** The first listener starts the follower. Never rejects: the listener gets what fails. */
  attach(listener: WeighInListener): Promise<void> {
    this.#listeners.add(listener);
    this.#away.delete(listener.id);
    listener.onProblem(this.#problem);
    if (this.#subscription !== undefined) listener.onSubscription(this.#subscription);
    this.#running?.following.deliver();
    return this.#next(() => this.#begin());
  }

  /** The last listener stops the follower. What happens before one that comes back is there again waits for it. Rejects where a subscription was to be ended, and was not. */
  detach(listener: WeighInListener, { isRemoved = false } = {}): Promise<void> {
    this.#listeners.delete(listener);
    if (!isRemoved) this.#away.set(listener.id, this.#input.clock.now() + LIMITS.awayMs);
    return this.#next(() => (this.#listeners.size === 0 ? this.#halt(isRemoved) : undefined));
  }

  /** Rejects where a subscription was to be ended, and was not. */
  stop({ isRemoved = false } = {}): Promise<void> {
    this.#listeners.clear();
    this.#isRemoved ||= isRemoved;
    return this.#next(() => this.#halt(isRemoved));
  }

  /** Resolves when the hint is on disk, or where it is not this account's person; rejects with a SetupError where it cannot be kept. */
  async takeNotification(userId: string, window: Window | null): Promise<void> {
    await this.#take(userId, window);
  }

  /** The same for a change of the person, such as a new goal or an ended consent: only a call tells whether it is so. */
  async takeChange(userId: string, change: PersonChange): Promise<void> {
    // Before the hint: the poll that follows it may be refused at once.
    if (change !== "update" && this.#api?.person.userId === userId) this.#api.today?.announce(change);
    if (await this.#take(userId, null)) this.#running?.following.requestProfile();
  }

  async #take(userId: string, window: Window | null): Promise<boolean> {
    // A start may be under way.
    await this.#lifecycle;
    const isNobodys = this.#api === undefined && this.#problem?.code === "not_authorized";
    if (isNobodys || (this.#api && this.#api.person.userId !== userId)) return false;
    await this.#started().take(window);
    return true;
  }

  /** Claims or refuses a weigh-in that may be somebody else's. */
  async decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    const decided = await this.#started().decide(weighInId, verdict);
    // The household has decided; that the service does not hear of it changes nothing here.
    if (decided === "done")
      this.#api?.today?.measure.confirm(weighInId, verdict === "claimed").catch((error: unknown) => {
        this.#input.warn(`the service was not told whose weigh-in ${weighInId} is: ${problemOf(error).message}`);
      });
    return decided;
  }

  /** Looks at everything again after a new consent, or the end of one: the service ended the subscriptions. Another person begins with a record of their own. */
  consentChanged(): Promise<void> {
    return this.#next(async () => {
      const fresh = await this.#input.source.open().catch(() => undefined);
      await this.#halt(false);
      if (fresh?.key !== this.#api?.key) for (const listener of this.#listeners) listener.onPerson();
      this.#api = fresh;
      await this.#begin();
    });
  }

  requestPoll(): void {
    this.#started().requestPoll();
  }

  /** The address of callbacks is another one. */
  callbackChanged(): void {
    if (this.#running === undefined) return;
    const callback = this.#openCallback();
    this.#running.following.setCallback(callback);
    this.#setSubscription(callback === null ? "none" : "pending");
  }

  async #begin(): Promise<void> {
    if (this.#running !== undefined || this.#listeners.size === 0) return;
    this.#retrying.abort();
    try {
      this.#running = await this.#start();
    } catch (error) {
      this.#setProblem("start", problemOf(error));
      this.#retrying = new AbortController();
      this.#input.clock.sleep(LIMITS.retryStartMs, this.#retrying.signal).then(
        () => this.#next(() => this.#begin()),
        () => {},
      );
    }
  }

  async #start(): Promise<Running> {
    const { stateFile, clock } = this.#input;
    const api = await this.api();
    const path = stateFile(api.key);
    const file = new RecordFile(path, api.key, newRecord(Math.floor(clock.now() / 1000)));
    await this.#load(file, path);
    this.#setProblem("start", null);
    const callback = this.#openCallback();
    this.#setSubscription(callback === null ? "none" : "pending");
    const following = new Following({
      ...this.#input,
      ...{ api, file, callback },
      deliverFrom: () => this.#deliverFrom(),
      onEvents: (events) => {
        for (const event of events) for (const listener of this.#listeners) listener.onEvent(event);
      },
      onProblem: (source, problem) => this.#setProblem(source, problem),
      onSubscription: ({ status }) => {
        if (status !== "failed") this.#setSubscription("kept");
      },
    });
    following.start();
    return { file, following };
  }

  async #load(file: RecordFile, path: string): Promise<void> {
    const { isOld, warn } = this.#input;
    const loaded = await file.load();
    if (loaded.is === "set_aside")
      warn(`The weigh-in state could not be read; it was kept as ${loaded.path}, and is now built anew.`);
    if (loaded.is === "new" && isOld)
      warn(
        `Nothing remembered: there was no state file ${path}. Weigh-ins from before this start are not sent. Keep Node-RED's user directory across restarts, for a container on a volume.`,
      );
  }

  /** Null also where the address is wrong: weigh-ins are polled. */
  #openCallback(): Callback | null {
    try {
      const callback = this.#input.callback();
      this.#setProblem("address", null);
      return callback;
    } catch (error) {
      this.#setProblem("address", problemOf(error));
      return null;
    }
  }

  /** `isRemoved`: what used the subscription is deleted or disabled. */
  async #halt(isRemoved: boolean): Promise<void> {
    this.#retrying.abort();
    const running = this.#running;
    if (running === undefined) return;
    try {
      if (this.#input.isRevokedOnRemoval && (isRemoved || this.#isRemoved)) await running.following.unsubscribe();
    } finally {
      this.#running = undefined;
      // A listener that stays hears that they are over.
      for (const source of [...this.#problems.keys()]) this.#setProblem(source, null);
      this.#subscription = undefined;
      await running.following.stop();
      await running.file.close();
    }
  }

  /** Epoch milliseconds; never while nobody listens. */
  #deliverFrom(): number {
    if (this.#listeners.size === 0) return Infinity;
    const now = this.#input.clock.now();
    for (const [id, until] of this.#away) if (until <= now) this.#away.delete(id);
    return Math.max(0, ...this.#away.values());
  }

  #next(step: () => Promise<void> | undefined): Promise<void> {
    const done = this.#lifecycle.then(step);
    this.#lifecycle = done.catch(() => {});
    return done;
  }

  #started(): Following {
    if (this.#running) return this.#running.following;
    throw new SetupError("the account does not follow weigh-ins at the moment", {
      // A problem comes from an error or from the follower, so its code is in the table.
      code: (this.#problem?.code as NodeErrorCode | undefined) ?? "not_ready",
      remedy: this.#problem?.remedy ?? "Try again in a moment.",
    });
  }

  /** The oldest one that keeps the account from working, else the oldest one. */
  get #problem(): Problem | null {
    const problems = [...this.#problems.values()];
    return problems.find((problem) => !isAccountWorking(problem)) ?? problems[0] ?? null;
  }

  #setProblem(source: Source, problem: Problem | null): void {
    const before = this.#problem?.code;
    if (problem === null) this.#problems.delete(source);
    else this.#problems.set(source, problem);
    if (this.#problem?.code === before) return;
    for (const listener of this.#listeners) listener.onProblem(this.#problem);
  }

  #setSubscription(state: SubscriptionState): void {
    if (this.#subscription === state) return;
    this.#subscription = state;
    for (const listener of this.#listeners) listener.onSubscription(state);
  }
}
