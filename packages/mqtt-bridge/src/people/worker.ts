import {
  type Clock,
  Follower,
  type FollowFailure,
  type FollowTiming,
  Rounds,
  WeighbridgeError,
} from "@weighbridge/core";
import type { Log } from "../log.ts";
import type { PeopleStore } from "../store/store.ts";
import type { Syncer } from "./syncer.ts";

/** What keeps a person's account from answering. */
export interface AccountProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface WorkerTiming extends FollowTiming {
  readonly parallelSyncs: number;
}

export interface WorkerInput {
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: WorkerTiming;
  /** A person's account began or ceased to answer. */
  onStanding(personId: number): void;
}

interface Followed {
  readonly slug: string;
  readonly syncer: Syncer;
  readonly follower: Follower;
  problem: AccountProblem | null;
  /** Code of the failure that was logged last; undefined after a success. */
  logged: string | undefined;
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
    this.#rounds.start([...this.#people.values()].map(({ follower }) => follower));
  }

  #add(slug: string, syncer: Syncer, hasHints: boolean): void {
    const { clock, timing } = this.#input;
    const follower = new Follower(
      {
        api: syncer.api,
        store: syncer,
        clock,
        ambiguous: syncer.ambiguous,
        timing,
        subscriptions: () => (syncer.stored.subscription ? [syncer.stored.subscription] : []),
        onSuccess: () => this.#succeeded(followed),
        onFailure: (failure) => this.#failed(followed, failure),
      },
      { record: syncer.stored, hasHints },
    );
    const followed: Followed = { slug, syncer, follower, problem: null, logged: undefined };
    this.#people.set(syncer.stored.id, followed);
  }

  /** A hint of this person is on disk. */
  hinted(personId: number): void {
    this.#wake(personId, (follower) => follower.hinted());
  }

  /** Polls as soon as the person's turn comes. */
  requestPoll(personId: number): void {
    this.#wake(personId, (follower) => follower.requestPoll());
  }

  /** Something that times depend on has changed, such as the subscription. */
  reconsider(personId: number): void {
    this.#wake(personId, () => {});
  }

  /** Does something to a person while no sync of theirs runs. */
  async alone<T>(personId: number, work: (syncer: Syncer, follower: Follower) => Promise<T>): Promise<T> {
    const { syncer, follower } = this.#person(personId);
    try {
      return await follower.alone(() => work(syncer, follower));
    } finally {
      this.#rounds.wake(follower);
    }
  }

  problemOf(personId: number): AccountProblem | null {
    return this.#people.get(personId)?.problem ?? null;
  }

  /** Epoch seconds. */
  nextPollAt(personId: number): number | null {
    return this.#people.get(personId)?.follower.dueTimes().poll ?? null;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#rounds.stop(), ...[...this.#people.values()].map(({ follower }) => follower.stop())]);
  }

  decide(personId: number, ...verdict: Parameters<Follower["decide"]>): ReturnType<Follower["decide"]> {
    return this.#person(personId).follower.decide(...verdict);
  }

  #person(personId: number): Followed {
    const followed = this.#people.get(personId);
    if (followed === undefined) throw new Error(`unknown person ${personId}`);
    return followed;
  }

  #wake(personId: number, change: (follower: Follower) => void): void {
    const followed = this.#people.get(personId);
    if (followed === undefined) return;
    change(followed.follower);
    this.#rounds.wake(followed.follower);
  }

  #succeeded(followed: Followed): void {
    if (followed.logged !== undefined) this.#input.log.info("The API answers again", { person: followed.slug });
    followed.logged = undefined;
    if (followed.problem === null) return;
    followed.problem = null;
    this.#input.onStanding(followed.syncer.stored.id);
  }

  #failed(followed: Followed, { error, againInS, isBlocked }: FollowFailure): void {
    const { log, onStanding } = this.#input;
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { person: followed.slug, reason, again_in_s: againInS };
    if (!(error instanceof WeighbridgeError)) {
      log.error("A sync failed unexpectedly", facts);
      followed.logged = "unexpected";
      return;
    }
    const { code, message, remedy } = error;
    if (followed.logged !== code) log.warn("A sync failed", { ...facts, remedy });
    followed.logged = code;
    if (!isBlocked || followed.problem?.code === code) return;
    followed.problem = { code, message, remedy };
    onStanding(followed.syncer.stored.id);
  }
}
