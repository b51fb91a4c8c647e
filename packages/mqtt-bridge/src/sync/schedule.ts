import type { SubscriptionReport } from "@weighbridge/core";

/** When things were last done to a person, epoch seconds; null for never in this process. */
export interface LastDone {
  poll: number | null;
  reread: number | null;
  profile: number | null;
}

export type Chore = keyof LastDone;

export interface Intervals {
  readonly pollWithSubscriptionS: number;
  readonly pollWithoutSubscriptionS: number;
  readonly rereadS: number;
  readonly profileS: number;
}

/** A subscription that was there at its last check and has not run out. */
const isHealthy = (report: SubscriptionReport | null, now: number): boolean =>
  report !== null && report.status !== "failed" && (report.expiresAt ?? Infinity) > now;

/** When each chore is due, epoch seconds. What was never done in this process is due at once, but the re-read: a start is no night. */
export function dueTimes(
  done: LastDone,
  subscription: SubscriptionReport | null,
  intervals: Intervals,
  startedAt: number,
): Readonly<Record<Chore, number>> {
  const { pollWithSubscriptionS, pollWithoutSubscriptionS, rereadS, profileS } = intervals;
  const last = done.poll ?? startedAt;
  const pollEvery = isHealthy(subscription, last) ? pollWithSubscriptionS : pollWithoutSubscriptionS;
  return {
    poll: done.poll === null ? startedAt : done.poll + pollEvery,
    profile: done.profile === null ? startedAt : done.profile + profileS,
    reread: (done.reread ?? startedAt) + rereadS,
  };
}
