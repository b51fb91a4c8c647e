import type { Priority } from "../domain/call-options.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { SubscriptionReport } from "../domain/subscription.ts";
import type { EventKind, PersonEvent } from "../domain/weigh-in.ts";
import { syncPoll } from "../weigh-ins/poll.ts";
import { applyProfile } from "../weigh-ins/profile.ts";
import { syncReread } from "../weigh-ins/reread.ts";
import type { Chore, Chores } from "./chores.ts";
import type { Followed } from "./followed.ts";
import { addNews, type News, noNews } from "./hints.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { type Callback, isSubscribed, isUnannounced, keepSubscription, memoryAfter } from "./subscription.ts";

export interface ChoreWorkInput {
  readonly followed: Followed;
  readonly chores: Chores;
  callback(): Callback | null;
  hasFreshHints(): boolean;
  /** Runs while nothing else is done to the person. */
  alone(work: () => Promise<void>): Promise<void>;
  onSubscription(report: SubscriptionReport): void;
}

/** Events that a callback announces where all is well. */
const ANNOUNCED: ReadonlySet<EventKind> = new Set(["weigh_in", "weigh_in_ambiguous", "measurement"]);

/** Does each chore of a person at the API and in the store. Rejects with the error of either. */
export class ChoreWork {
  readonly #input: ChoreWorkInput;
  readonly #startedAt: EpochSeconds;
  #hintedRereadAt = -Infinity;

  constructor(input: ChoreWorkInput) {
    this.#input = input;
    this.#startedAt = input.followed.now();
  }

  async do(chore: Chore, signal: AbortSignal): Promise<void> {
    if (chore === "poll") await this.poll("chore", signal);
    else if (chore === "subscription") await this.#keepSubscription(signal);
    else if (chore === "profile") await this.#readProfile(signal);
    else await this.#reread(signal);
  }

  async poll(priority: Priority, signal: AbortSignal): Promise<News> {
    const { followed } = this.#input;
    const news = noNews();
    let isMissed = false;
    for await (const change of syncPoll(followed.sync(priority, signal))) {
      addNews(news, change);
      isMissed ||= change.events.some((event) => this.#isMissed(event));
      await followed.commit({ change });
    }
    if (isMissed) await this.#missed();
    return news;
  }

  /** A re-read follows hints that name no window, though not each of a flood. */
  requestReread(): void {
    const { followed, chores } = this.#input;
    const now = followed.clock.monotonic();
    if (now - this.#hintedRereadAt < FOLLOW_LIMITS.hintedRereadS * 1000) return;
    this.#hintedRereadAt = now;
    chores.request("reread");
  }

  #isMissed({ kind, measuredAt }: PersonEvent): boolean {
    const { followed, callback, hasFreshHints } = this.#input;
    if (callback() === null || hasFreshHints() || !ANNOUNCED.has(kind)) return false;
    const { subscription, memory } = followed.record;
    return isSubscribed(subscription, followed.now()) && isUnannounced(measuredAt, memory, this.#startedAt);
  }

  /** A weigh-in without its callback: the subscription may be lost, though not each find is worth a look. */
  async #missed(): Promise<void> {
    const { followed, chores } = this.#input;
    const { memory, subscription } = followed.record;
    const now = followed.now();
    await followed.commit({ memory: { ...memory, missedAt: now } });
    const ageS = now - (subscription?.checkedAt ?? 0);
    if (ageS < 0 || ageS >= FOLLOW_LIMITS.retrySubscriptionS) chores.request("subscription");
  }

  async #keepSubscription(signal: AbortSignal): Promise<void> {
    const { followed, chores, callback: wanted, onSubscription, alone } = this.#input;
    const { api, clock } = followed;
    const callback = wanted();
    if (callback === null) return;
    const known = followed.record.subscription;
    const report = await keepSubscription({ api, callback, clock, known, signal });
    await alone(async () => {
      await followed.load();
      await followed.commit({ subscription: report, memory: memoryAfter(followed.record.memory, known, report) });
    });
    chores.planSubscription(report);
    // No callback announced what was measured before there was a subscription.
    if (report.status === "made") chores.request("poll");
    onSubscription(report);
  }

  async #readProfile(signal: AbortSignal): Promise<void> {
    const { followed } = this.#input;
    const profile = await followed.api.profile({ signal, priority: "chore" });
    const change = applyProfile({ person: followed.person, clock: followed.clock, profile });
    const memory = { ...followed.record.memory, profileAt: followed.now() };
    await followed.commit({ memory, ...(change && { change }) });
  }

  async #reread(signal: AbortSignal): Promise<void> {
    const { followed } = this.#input;
    for await (const change of syncReread(followed.sync("chore", signal))) await followed.commit({ change });
  }
}
