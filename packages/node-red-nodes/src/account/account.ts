import {
  type AmbiguousPolicy,
  type Clock,
  type PersonEvent,
  type PersonState,
  parseNotification,
  type Verdict,
} from "@weighbridge/core";
import { type Problem, problemOf, SetupError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { AccountApi } from "./account-api.ts";
import { isSameHint, newRecord, withHint, withSubscription } from "./record.ts";
import { RecordFile } from "./record-file.ts";
import { Subscriptions, type WantedSubscription } from "./subscriptions.ts";
import { WeighInSync } from "./weigh-in-sync.ts";

export interface AccountInput {
  readonly api: AccountApi;
  /** Named after the person by their household. */
  readonly name: string;
  /** Where the weigh-in state is kept. */
  readonly stateFile: string;
  readonly ambiguous: AmbiguousPolicy;
  readonly pollWithoutSubscriptionS: number;
  readonly clock: Clock;
  warn(text: string): void;
}

/** Somebody who wants to hear of weigh-ins. Must not throw. */
export interface WeighInListener {
  onEvent(event: PersonEvent): void;
  /** Null: the account works. */
  onProblem(problem: Problem | null): void;
}

/** What became of a call of the callback URL. */
export type Taking = "taken" | "probe" | "malformed" | "unknown_user" | "full";

interface Running {
  readonly file: RecordFile;
  readonly sync: WeighInSync;
  readonly subscriptions: Subscriptions;
}

/** One person at one API, shared by every node that uses the account node: one client, one limiter, one sync. */
export class Account {
  readonly #input: AccountInput;
  readonly #listeners = new Set<WeighInListener>();
  #problem: Problem | null = null;
  #running: Running | undefined;
  /** Starts and stops follow each other. */
  #lifecycle: Promise<void> = Promise.resolve();

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

  /** The first listener starts the sync. Never rejects: what fails is told to the listener. */
  attach(listener: WeighInListener): Promise<void> {
    this.#listeners.add(listener);
    listener.onProblem(this.#problem);
    return this.#next(async () => {
      if (this.#running !== undefined || this.#listeners.size === 0) return;
      try {
        this.#running = await this.#start();
      } catch (error) {
        this.#tell(problemOf(error));
      }
    });
  }

  /** The last listener stops the sync. */
  detach(listener: WeighInListener): Promise<void> {
    this.#listeners.delete(listener);
    return this.#next(() => (this.#listeners.size === 0 ? this.#halt() : undefined));
  }

  stop(): Promise<void> {
    this.#listeners.clear();
    return this.#next(() => this.#halt());
  }

  /** Resolves when the hint is on disk. Throws a SetupError where it cannot be kept. */
  async takeNotification(call: { readonly query: string; readonly body: string }): Promise<Taking> {
    const parsed = parseNotification(call);
    if (parsed.kind !== "notification") return parsed.kind;
    if (parsed.userId !== this.api.person.userId) return "unknown_user";
    const { file, sync } = this.#started();
    const { from, to } = parsed;
    const { hints } = file.record;
    if (!hints.some((hint) => isSameHint(hint, { from, to }))) {
      if (hints.length >= LIMITS.hints) return "full";
      await file.commit((record) => withHint(record, { from, to }));
    }
    sync.hinted();
    return "taken";
  }

  /** Claims or refuses a weigh-in. False where no such weigh-in is known. */
  decide(weighInId: number, verdict: Verdict): Promise<boolean> {
    return this.#started().sync.decide(weighInId, verdict);
  }

  requestPoll(): void {
    this.#started().sync.requestPoll();
  }

  keepSubscription(wanted: WantedSubscription): void {
    this.#started().subscriptions.want(wanted);
  }

  leaveSubscription(nodeId: string): void {
    this.#running?.subscriptions.leave(nodeId);
  }

  /** Ends the node's subscription at the API, within the time that Node-RED gives a closing node. */
  async revokeSubscription(nodeId: string): Promise<void> {
    const { clock } = this.#input;
    const { file, subscriptions } = this.#started();
    subscriptions.leave(nodeId);
    const report = file.record.subscriptions[nodeId];
    if (report === undefined) return;
    const done = new AbortController();
    const late = clock.sleep(LIMITS.revokeOnCloseMs, done.signal).then(
      () => done.abort(new Error("too late")),
      () => {},
    );
    try {
      const urls = report.previousUrl === undefined ? [report.callbackUrl] : [report.callbackUrl, report.previousUrl];
      for (const url of urls) await this.api.person.revoke(url, { signal: done.signal });
      await file.commit((record) => withSubscription(record, nodeId, undefined));
    } finally {
      done.abort();
      await late;
    }
  }

  async #start(): Promise<Running> {
    const { api, stateFile, ambiguous, clock, pollWithoutSubscriptionS, warn } = this.#input;
    const file = new RecordFile(stateFile, newRecord(api.key, Math.floor(clock.now() / 1000)));
    const { setAside } = await file.load();
    if (setAside) warn(`The weigh-in state could not be read; it was kept as ${setAside}, and is now built anew.`);
    const sync = new WeighInSync({
      api: api.person,
      file,
      clock,
      ambiguous,
      pollWithoutSubscriptionS,
      subscriptions: () => subscriptions.reports,
      onEvents: (events) => {
        for (const event of events) for (const listener of this.#listeners) listener.onEvent(event);
      },
      onProblem: (problem) => this.#tell(problem),
    });
    const subscriptions = new Subscriptions({
      api: api.person,
      file,
      clock,
      // What was measured before there was a subscription was told to nobody; and without one, polls come more often.
      onChecked: ({ status }) => (status === "made" ? sync.requestPoll() : sync.reconsider()),
      onFailure: (error) => this.#tell(problemOf(error)),
    });
    this.#tell(null);
    sync.start();
    subscriptions.start();
    return { file, sync, subscriptions };
  }

  async #halt(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running) await Promise.all([running.sync.stop(), running.subscriptions.stop()]);
  }

  #next(step: () => Promise<void> | undefined): Promise<void> {
    this.#lifecycle = this.#lifecycle.then(step);
    return this.#lifecycle;
  }

  #started(): Running {
    if (this.#running) return this.#running;
    throw new SetupError("the account does not follow weigh-ins at the moment", {
      code: this.#problem?.code ?? "not_ready",
      remedy: this.#problem?.remedy ?? "Try again in a moment.",
    });
  }

  #tell(problem: Problem | null): void {
    this.#problem = problem;
    for (const listener of this.#listeners) listener.onProblem(problem);
  }
}
