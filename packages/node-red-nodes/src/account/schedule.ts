import type { SubscriptionReport } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

export type Chore = "poll" | "profile" | "reread";

/** When things were last done, epoch milliseconds; null for never in this process. */
type LastDone = Readonly<Record<Chore, number | null>>;

/** A subscription that was there at its last check and has not run out. */
const isHealthy = ({ status, expiresAt = Infinity }: SubscriptionReport, nowMs: number): boolean =>
  status !== "failed" && expiresAt * 1000 > nowMs;

export interface ScheduleInput {
  readonly done: LastDone;
  readonly startedAt: number;
  readonly subscriptions: readonly SubscriptionReport[];
  readonly pollWithoutSubscriptionS: number;
}

/** When each chore is due, epoch milliseconds. What was never done in this process is due at once, but the re-read: a start is no night. */
export function dueTimes(input: ScheduleInput): Readonly<Record<Chore, number>> {
  const { done, startedAt, subscriptions, pollWithoutSubscriptionS } = input;
  const after = (at: number, seconds: number) => at + seconds * 1000;
  const lastPoll = done.poll ?? startedAt;
  const isSubscribed = subscriptions.some((report) => isHealthy(report, lastPoll));
  const pollEveryS = isSubscribed ? LIMITS.pollWithSubscriptionS : pollWithoutSubscriptionS;
  return {
    poll: done.poll === null ? startedAt : after(done.poll, pollEveryS),
    profile: done.profile === null ? startedAt : after(done.profile, LIMITS.profileEveryS),
    reread: after(done.reread ?? startedAt, LIMITS.rereadEveryS),
  };
}
