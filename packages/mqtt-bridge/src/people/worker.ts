import {
  type Callback,
  type Clock,
  type Decided,
  Follower,
  type FollowFailure,
  type FollowProblem,
  type FollowStatus,
  type FollowTiming,
  Rounds,
  type SubscriptionReport,
  WeighbridgeError,
} from "@weighbridge/core";
import type { Log } from "../log.ts";
import type { PeopleStore } from "../store/store.ts";
import type { Syncer } from "./syncer.ts";

export interface WorkerTiming extends FollowTiming {
  readonly parallelSyncs: number;
}

export interface WorkerInput {
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: WorkerTiming;
  /** Null where the bridge only polls. */
  readonly callback: Callback | null;
  /** Another problem than before, or none any more. */
  onProblem(personId: number): void;
  /** `isNews`: the problem, or that there is none any more, was not reported before. */
  onSubscription(personId: number, report: SubscriptionReport, isNews: boolean): void;
}

interface Followed {
  readonly slug: string;
  readonly personId: number;
  readonly follower: Follower;
  /** Code of the subscription's problem, as it was reported last. */
  subscriptionProblem: string | undefined;
}

/** Follows everybody of the configuration, and logs how that goes. */
export class Worker {
  readonly #input: WorkerInput;
  readonly #people = new Map<number, Followed>();
  readonly #rounds: Rounds;

  constructor(input: WorkerInput) {
    this.#input = input;
    this.#rounds = new Rounds(input.clock, { parallel: input.timing.parallelSyncs });
  }

  async start(people: Iterable<{ readonly slug: string; readonly syncer: Syncer }>): Promise<void> {
    const hinted = new Set(await this.#input.store.hinted());
    for (const { slug, syncer } of people) this.#add(slug, syncer, hinted.has(syncer.stored.id));
  }

  #add(slug: string, syncer: Syncer, hasHints: boolean): void {
    const { clock, timing, callback, onProblem } = this.#input;
    const personId = syncer.stored.id;
    const follower = new Follower(
      {
        api: syncer.api,
        store: syncer,
        clock,
        ambiguous: syncer.ambiguous,
        timing,
        callback,
        onSubscription: (report) => this.#reportSubscription(followed, report),
        onProblem: (problem) => {
          if (problem) this.#input.log.warn("No data may come", { person: slug, ...problem });
          onProblem(personId);
        },
        onFailure: (failure) => this.#logFailure(slug, failure),
        onRecovered: (chore) => this.#input.log.info("The API answers again", { person: slug, chore }),
      },
      { record: syncer.stored, hasHints },
    );
    const followed: Followed = { slug, personId, follower, subscriptionProblem: undefined };
    this.#people.set(personId, followed);
    this.#rounds.add(follower);
  }

  /** A hint of this person is on disk. */
  hinted(personId: number): void {
    this.#wake(personId, (follower) => follower.hinted());
  }

  /** Polls as soon as the person's turn comes. */
  requestPoll(personId: number): void {
    this.#wake(personId, (follower) => follower.requestPoll());
  }

  /** Looks after the subscription as soon as the person's turn comes. */
  checkSubscription(personId: number): void {
    this.#wake(personId, (follower) => follower.checkSubscription());
  }

  /** What keeps a person's data from coming. */
  problemOf(personId: number): FollowProblem | null {
    return this.#people.get(personId)?.follower.problem ?? null;
  }

  statusOf(personId: number): FollowStatus | undefined {
    return this.#people.get(personId)?.follower.status;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#rounds.stop(), ...[...this.#people.values()].map(({ follower }) => follower.stop())]);
  }

  async decide(personId: number, ...verdict: Parameters<Follower["decide"]>): Promise<Decided> {
    const followed = this.#people.get(personId);
    if (followed === undefined) throw new Error(`unknown person ${personId}`);
    return followed.follower.decide(...verdict);
  }

  #wake(personId: number, change: (follower: Follower) => void): void {
    const followed = this.#people.get(personId);
    if (followed === undefined) return;
    change(followed.follower);
    this.#rounds.wake(followed.follower);
  }

  #reportSubscription(followed: Followed, report: SubscriptionReport): void {
    const { log, onSubscription } = this.#input;
    const { slug: person, personId } = followed;
    const { status, problem } = report;
    const isNews = problem?.code !== followed.subscriptionProblem;
    followed.subscriptionProblem = problem?.code;
    onSubscription(personId, report, isNews);
    if (problem) {
      if (isNews) log.warn("The subscription failed", { person, ...problem });
    } else if (status === "made" || status === "renewed") log.info(`The subscription was ${status}`, { person });
    else if (isNews) log.info("The subscription works again", { person });
  }

  #logFailure(person: string, { chore, error, againInS }: FollowFailure): void {
    const { log } = this.#input;
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { person, chore, reason, again_in_s: againInS };
    if (error instanceof WeighbridgeError) log.warn("A sync failed", { ...facts, remedy: error.remedy });
    else log.error("A sync failed unexpectedly", facts);
  }
}
