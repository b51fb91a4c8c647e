import {
  type AmbiguousPolicy,
  type Clock,
  type Decided,
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
import type { AccountApi } from "./account-api.ts";
import { newRecord } from "./record.ts";
import { RecordFile } from "./record-file.ts";
import { Subscriptions, type WantedSubscription } from "./subscriptions.ts";
import { WeighInSync } from "./weigh-in-sync.ts";

export interface AccountInput {
  readonly api: AccountApi;
  /** Named after the person by their household. */
  readonly name: string;
  /** File of the weigh-in state. */
  readonly stateFile: string;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  readonly clock: Clock;
  warn(text: string): void;
}

/** A listener to weigh-ins. Must not throw. */
export interface WeighInListener {
  /** Stays the same when it is made anew. */
  readonly id: string;
  onEvent(event: PersonEvent): void;
  /** Null: the account works. */
  onProblem(problem: Problem | null): void;
}

interface Running {
  readonly file: RecordFile;
  readonly sync: WeighInSync;
  readonly subscriptions: Subscriptions;
}

/** Parts that can keep an account from working, the gravest first. */
const SOURCES = ["start", "sync", "subscriptions"] as const;

/** One person at one API, shared by every node that uses the account node: one client, one limiter, one sync. */
export class Account {
  readonly #input: AccountInput;
  readonly #listeners = new Set<WeighInListener>();
  /** Listeners that are being made anew, by id: until when events wait for them, epoch milliseconds. */
  readonly #away = new Map<string, number>();
  readonly #wanted = new Map<string, WantedSubscription>();
  readonly #problems: Partial<Record<(typeof SOURCES)[number], Problem | null>> = {};
  #running: Running | undefined;
  /** Ends the wait before the next attempt to start. */
  #retrying = new AbortController();
  /** Starts and stops follow each other. */
  #lifecycle: Promise<void> = Promise.resolve();
  /** Subscriptions that are being ended. */
  readonly #farewells = new Set<Promise<void>>();

  constructor(input: AccountInput) {
    this.#input = input;
  }

  get api(): AccountApi {
    return this.#input.api;
  }

  get name(): string {
    return this.#input.name;
  }

  /** Undefined while nobody listens. */
  get state(): PersonState | undefined {
    return this.#running?.file.record.state;
  }

  /** How many events a weigh-in had so far. */
  eventCount(weighInId: number): number {
    return this.#running?.file.record.eventCounts[weighInId] ?? 0;
  }

  /** The first listener starts the sync. Never rejects: what fails is told to the listener. */
  attach(listener: WeighInListener): Promise<void> {
    this.#listeners.add(listener);
    this.#away.delete(listener.id);
    listener.onProblem(this.#problem);
    this.#running?.sync.tellOwed();
    return this.#next(() => this.#begin());
  }

  /** The last listener stops the sync. What happens before one that comes back is there again waits for it. */
  detach(listener: WeighInListener, { isRemoved = false } = {}): Promise<void> {
    this.#listeners.delete(listener);
    if (!isRemoved) this.#away.set(listener.id, this.#input.clock.now() + LIMITS.awayMs);
    return this.#next(() => (this.#listeners.size === 0 ? this.#halt() : undefined));
  }

  stop(): Promise<void> {
    this.#listeners.clear();
    return this.#next(() => this.#halt());
  }

  async #begin(): Promise<void> {
    if (this.#running !== undefined || this.#listeners.size === 0) return;
    this.#retrying.abort();
    try {
      this.#running = await this.#start();
    } catch (error) {
      this.#tell("start", problemOf(error));
      this.#retrying = new AbortController();
      this.#input.clock.sleep(LIMITS.retryStartMs, this.#retrying.signal).then(
        () => this.#next(() => this.#begin()),
        () => {},
      );
    }
  }

  /** Resolves when the hint is on disk; undefined where it is not this account's person. Rejects with a SetupError where it cannot be kept. */
  takeNotification(userId: string, window: Window | null): Promise<void> | undefined {
    return userId === this.api.person.userId ? this.#take(window) : undefined;
  }

  async #take(window: Window | null): Promise<void> {
    const { file, sync } = this.#started();
    await file.commit({ hint: { window, takenAt: Math.floor(this.#input.clock.now() / 1000) } });
    sync.hinted();
  }

  /** Claims or refuses a weigh-in that may be somebody else's. */
  decide(weighInId: number, verdict: Verdict): Promise<Decided> {
    return this.#started().sync.decide(weighInId, verdict);
  }

  requestPoll(): void {
    this.#started().sync.requestPoll();
  }

  /** Also where the account cannot start yet: from then on. */
  keepSubscription(wanted: WantedSubscription): void {
    this.#wanted.set(wanted.nodeId, wanted);
    this.#running?.subscriptions.want(wanted);
  }

  leaveSubscription(nodeId: string): void {
    this.#wanted.delete(nodeId);
    this.#running?.subscriptions.leave(nodeId);
  }

  /** Ends the node's subscription at the API, within the time that Node-RED gives a closing node. An account that is stopped meanwhile waits for it. */
  async revokeSubscription(nodeId: string): Promise<void> {
    const running = this.#started();
    this.leaveSubscription(nodeId);
    const farewell = this.#revoke(running, nodeId);
    const ended = farewell.catch(() => {});
    this.#farewells.add(ended);
    try {
      await farewell;
    } finally {
      this.#farewells.delete(ended);
    }
  }

  async #revoke({ file, subscriptions }: Running, nodeId: string): Promise<void> {
    const { clock } = this.#input;
    const done = new AbortController();
    const late = clock.sleep(LIMITS.revokeOnCloseMs, done.signal).then(
      () => done.abort(notRevoked()),
      () => {},
    );
    try {
      // One that is being made could not be ended yet.
      await Promise.race([subscriptions.settled, late]);
      const report = file.record.subscriptions[nodeId];
      if (report === undefined) return done.signal.throwIfAborted();
      const urls = report.previousUrl === undefined ? [report.callbackUrl] : [report.callbackUrl, report.previousUrl];
      for (const url of urls) await this.api.person.revoke(url, { signal: done.signal });
      await file.commit({ subscription: { nodeId, report: null } });
    } finally {
      done.abort();
      await late;
    }
  }

  async #start(): Promise<Running> {
    const { api, stateFile, ambiguous, clock, pollWithoutSubscriptionS, warn } = this.#input;
    const file = new RecordFile(stateFile, api.key, newRecord(Math.floor(clock.now() / 1000)));
    const loaded = await file.load();
    if (loaded.is === "set_aside")
      warn(`The weigh-in state could not be read; it was kept as ${loaded.path}, and is now built anew.`);
    const sync = new WeighInSync({
      api: api.person,
      file,
      clock,
      ambiguous,
      pollWithoutSubscriptionS,
      tellFrom: () => this.#tellFrom(),
      onEvents: (events) => {
        for (const event of events) for (const listener of this.#listeners) listener.onEvent(event);
      },
      onProblem: (problem) => this.#tell("sync", problem),
    });
    const subscriptions = new Subscriptions({
      api: api.person,
      file,
      clock,
      // No callback announced what was measured before there was a subscription; and without one, polls come more often.
      onChecked: ({ status }) => {
        this.#tell("subscriptions", null);
        return status === "made" ? sync.requestPoll() : sync.reconsider();
      },
      onFailure: (error) => this.#tell("subscriptions", problemOf(error)),
    });
    for (const source of SOURCES) this.#problems[source] = null;
    this.#tell("start", null);
    for (const wanted of this.#wanted.values()) subscriptions.want(wanted);
    sync.start();
    subscriptions.start();
    return { file, sync, subscriptions };
  }

  async #halt(): Promise<void> {
    this.#retrying.abort();
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    await running.sync.stop();
    await Promise.all(this.#farewells);
    await running.subscriptions.stop();
    await running.file.close();
  }

  /** Epoch milliseconds; never while nobody listens. */
  #tellFrom(): number {
    if (this.#listeners.size === 0) return Infinity;
    const now = this.#input.clock.now();
    for (const [id, until] of this.#away) if (until <= now) this.#away.delete(id);
    return Math.max(0, ...this.#away.values());
  }

  #next(step: () => Promise<void> | undefined): Promise<void> {
    this.#lifecycle = this.#lifecycle.then(step);
    return this.#lifecycle;
  }

  #started(): Running {
    if (this.#running) return this.#running;
    throw new SetupError("the account does not follow weigh-ins at the moment", {
      // A problem comes from an error or from the follower, so its code is in the table.
      code: (this.#problem?.code as NodeErrorCode | undefined) ?? "not_ready",
      remedy: this.#problem?.remedy ?? "Try again in a moment.",
    });
  }

  get #problem(): Problem | null {
    return SOURCES.map((source) => this.#problems[source]).find((problem) => problem) ?? null;
  }

  #tell(source: (typeof SOURCES)[number], problem: Problem | null): void {
    this.#problems[source] = problem;
    for (const listener of this.#listeners) listener.onProblem(this.#problem);
  }
}

const notRevoked = () =>
  new SetupError("the service did not end the subscription in time", {
    code: "not_revoked",
    remedy: "Revoke it with a notify node; otherwise it ends by itself within three weeks.",
  });
