import type { EpochSeconds } from "../domain/measure-group.ts";

/** What is done to a person from time to time, whether or not anybody hints. */
export type Chore = "poll" | "profile" | "reread";

/** When each was last done. Null: never in this process; for the re-read: never at all. */
export type LastDone = Record<Chore, EpochSeconds | null>;

export interface ChoreIntervals {
  readonly pollWithSubscriptionS: number;
  readonly pollWithoutSubscriptionS: number;
  readonly rereadS: number;
  readonly profileS: number;
}

export interface ScheduleInput {
  readonly done: Readonly<LastDone>;
  /** Of the process. */
  readonly startedAt: EpochSeconds;
  /** Of the person. */
  readonly addedAt: EpochSeconds;
  readonly subscriptions: readonly SubscriptionHealth[];
  readonly intervals: ChoreIntervals;
}

/** What of a subscription's report says whether notifications can be relied on. */
interface SubscriptionHealth {
  readonly status: string;
  readonly expiresAt?: EpochSeconds;
}

/** It was there at its last check and has not run out. */
const isHealthy = ({ status, expiresAt = Infinity }: SubscriptionHealth, now: EpochSeconds): boolean =>
  status !== "failed" && expiresAt > now;

/** When each chore is due. A start asks for poll and profile at once; the re-read keeps its own pace across starts. */
export function dueTimes(input: ScheduleInput): Readonly<Record<Chore, EpochSeconds>> {
  const { done, startedAt, addedAt, subscriptions, intervals } = input;
  const isSubscribed = subscriptions.some((one) => isHealthy(one, done.poll ?? startedAt));
  const pollEveryS = isSubscribed ? intervals.pollWithSubscriptionS : intervals.pollWithoutSubscriptionS;
  return {
    poll: done.poll === null ? startedAt : done.poll + pollEveryS,
    profile: done.profile === null ? startedAt : done.profile + intervals.profileS,
    reread: (done.reread ?? addedAt) + intervals.rereadS,
  };
}
