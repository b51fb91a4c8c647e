import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Subscription } from "../domain/subscription.ts";

export const SUBSCRIPTION_LIMITS = {
  /** A subscription with less left than this is renewed. */
  renewWithinS: 7 * 86_400,
  /** It is looked after this often. */
  checkEveryS: 86_400,
  /** After a failure that somebody must mend. */
  retryAfterS: 15 * 60,
  /** After one that passes by itself; doubles with each further one, up to the other. */
  retrySoonS: 30,
  /** Between two subscribe calls: the API wants it so. Hosts with several people keep to it. */
  betweenSubscribesMs: 5_000,
} as const satisfies Record<string, number>;

export type SubscriptionStep = "keep" | "renew" | "make";

/** What to do about a subscription, given what the API knows of it. */
export function planSubscription(actual: Subscription | undefined, now: EpochSeconds): SubscriptionStep {
  if (actual === undefined) return "make";
  const left = actual.expiresAt === undefined ? Infinity : actual.expiresAt - now;
  if (left <= 0) return "make";
  return left < SUBSCRIPTION_LIMITS.renewWithinS ? "renew" : "keep";
}
