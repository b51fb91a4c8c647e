import {
  type Clock,
  type Decided,
  Follower,
  type FollowFailure,
  type FollowProblem,
  type FollowTiming,
  type Generation,
  Rounds,
  type SubscriptionReport,
  WeighbridgeError,
} from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { PersonStatus } from "../status.ts";
import type { PeopleStore } from "../store/store.ts";
import type { Person } from "./person.ts";
import type { Reports } from "./reports.ts";

export interface FollowersInput {
  readonly config: Pick<Config, "timing">;
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The callback URL of an account; undefined where the bridge only polls. */
  callbackUrlOf(accountId: string): string | undefined;
  readonly reports: Pick<Reports, "problem" | "subscription">;
}

/** Shown to the person in the list of programs that may see their data. */
const SUBSCRIPTION_COMMENT = "Weighbridge: tells your home when you weigh in";

interface Followed {
  readonly slug: string;
  readonly personId: number;
  readonly follower: Follower;
  /** Code of the subscription's problem, as it was reported last. */
  subscriptionProblem: string | undefined;
}

/** Follows everybody of the configuration, and logs how that goes. */
export class Followers {
  readonly #input: FollowersInput;
  readonly #people = new Map<number, Followed>();
  readonly #rounds: Rounds;
  #isClockReported = false;

  constructor(input: FollowersInput) {
    this.#input = input;
    this.#rounds = new Rounds(input.clock, { parallel: input.config.timing.parallel_syncs });
  }

  async start(people: Iterable<Person>): Promise<void> {
    const hinted = new Set(await this.#input.store.hinted());
    for (const person of people) this.#add(person, hinted.has(person.rows.stored.id));
  }

  #add({ config: { slug, ambiguous }, account, api, rows }: Person, hasHints: boolean): void {
    const { config, clock, callbackUrlOf, reports } = this.#input;
    const url = callbackUrlOf(account.id);
    const personId = rows.stored.id;
    const follower = new Follower(
      {
        api,
        store: rows,
        clock,
        ambiguous,
        timing: timingOf(config, account.generation),
        callback: url === undefined ? null : { url, comment: SUBSCRIPTION_COMMENT },
        onSubscription: (report) => this.#reportSubscription(followed, report),
        onProblem: (problem) => {
          if (problem) this.#input.log.warn("Data of this person may be missing or late", { person: slug, ...problem });
          reports.problem(personId, problem);
        },
        onFailure: (failure) => this.#logFailure(slug, failure),
        onOddClock: (behindS) => this.#warnOfClock(behindS),
        onRecovered: (chore) => this.#input.log.info("The API answers again", { person: slug, chore }),
      },
      { record: rows.stored, hasHints },
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

  /** Polls as soon as the person's turn comes. Resolves when that poll has ended, with its failure where it failed. */
  poll(personId: number): ReturnType<Follower["poll"]> {
    const followed = this.#people.get(personId);
    if (followed === undefined) throw new Error(`unknown person ${personId}`);
    const ended = followed.follower.poll();
    this.#rounds.wake(followed.follower);
    return ended;
  }

  /** Reads the profile as soon as the person's turn comes. */
  requestProfile(personId: number): void {
    this.#wake(personId, (follower) => follower.requestProfile());
  }

  /** Looks after the subscription as soon as the person's turn comes. */
  checkSubscription(personId: number): void {
    this.#wake(personId, (follower) => follower.checkSubscription());
  }

  /** The fault that keeps a person's data from coming. */
  problemOf(personId: number): FollowProblem | null {
    return this.#people.get(personId)?.follower.problem ?? null;
  }

  statusOf({ config: { slug }, rows: { stored } }: Person): PersonStatus {
    const follower = this.#people.get(stored.id)?.follower;
    return {
      slug,
      problem: follower?.problem ?? null,
      subscription: stored.subscription,
      lastPollAt: stored.cursor,
      nextPollAt: follower?.status.nextPollAt ?? null,
      oldestHintAt: follower?.status.oldestHintAt ?? null,
      lastWeighInAt: stored.state.lastWeighIn?.measuredAt ?? null,
    };
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
    const { log, reports } = this.#input;
    const { slug: person, personId } = followed;
    const { status, problem } = report;
    const isNews = problem?.code !== followed.subscriptionProblem;
    followed.subscriptionProblem = problem?.code;
    reports.subscription(personId, report, isNews);
    if (problem) {
      if (isNews) log.warn("The subscription failed", { person, ...problem });
    } else if (status === "made" || status === "renewed") log.info(`The subscription was ${status}`, { person });
    else if (isNews) log.info("The subscription works again", { person });
  }

  /** Once for all people: they share the clock. */
  #warnOfClock(behindS: number): void {
    if (this.#isClockReported) return;
    this.#isClockReported = true;
    this.#input.log.warn("The clock of this machine and that of the API differ by more than a day", {
      behind_s: behindS,
      remedy: "Set the clock of this machine, or of the API's: weigh-ins dated far from now may make no event.",
    });
  }

  #logFailure(person: string, { chore, error, againInS }: FollowFailure): void {
    const { log } = this.#input;
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { person, chore, reason, again_in_s: againInS };
    if (error instanceof WeighbridgeError) log.warn("A sync failed", { ...facts, remedy: error.remedy });
    else log.error("A sync failed unexpectedly", facts);
  }
}

const timingOf = ({ timing }: Pick<Config, "timing">, generation: Generation): FollowTiming => ({
  pollWithSubscriptionS: timing.poll_with_subscription_s,
  pollWithoutSubscriptionS: timing.poll_without_subscription_s,
  rereadS: LIMITS.rereadEveryS,
  profileS: generation === "public" ? LIMITS.goalsEveryS : LIMITS.profileEveryS,
  coalesceMs: timing.coalesce_s * 1000,
  repeatCallMs: timing.repeat_call_s * 1000,
});
