import type { Clock } from "../clock.ts";
import type { CallOptions } from "../domain/call-options.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Subscription, SubscriptionReport } from "../domain/subscription.ts";
import { UnreachableError, WeighbridgeError } from "../errors.ts";
import type { PersonApi } from "../ports/person-api.ts";
import type { FollowMemory } from "../ports/person-store.ts";
import { askedForS } from "./backoff.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

/** Address at which notifications of a person arrive. */
export interface Callback {
  readonly url: string;
  /** Shown to the person in the list of who may see their data. */
  readonly comment: string;
}

export interface KeepInput {
  readonly api: PersonApi;
  readonly callback: Callback;
  readonly clock: Clock;
  /** The report before. Only subscriptions that it names are ever ended. */
  readonly known: SubscriptionReport | null;
  readonly signal?: AbortSignal;
}

export type SubscriptionStep = "keep" | "renew" | "make";

/** Step for a subscription, given what the API knows of it. */
export function planSubscription(actual: Subscription | undefined, now: EpochSeconds): SubscriptionStep {
  if (actual === undefined) return "make";
  const left = actual.expiresAt === undefined ? Infinity : actual.expiresAt - now;
  if (left <= 0) return "make";
  return left < FOLLOW_LIMITS.renewWithinS ? "renew" : "keep";
}

const STATUS = { keep: "active", renew: "renewed", make: "made" } as const;

/** Looks after one subscription: makes it, renews it in time, makes it again when it was lost. Throws the signal's reason, and what is no WeighbridgeError. */
export async function keepSubscription({
  api,
  callback,
  clock,
  known,
  signal,
}: KeepInput): Promise<SubscriptionReport> {
  const options: CallOptions = { priority: "chore", ...(signal && { signal }) };
  const checkedAt = Math.floor(clock.now() / 1000);
  const earlier = known?.previousUrl ?? known?.callbackUrl;
  const previousUrl = earlier === callback.url ? undefined : earlier;
  try {
    const found = await api.subscription(callback.url, {
      ...options,
      ...(previousUrl !== undefined && { previousUrl }),
    });
    const step = planSubscription(found, checkedAt);
    const actual = step === "keep" ? found : await api.subscribe(callback.url, callback.comment, options);
    const left = await endEarlier(previousUrl, api, options);
    return {
      status: STATUS[step],
      callbackUrl: callback.url,
      checkedAt,
      nextCheckAt: checkedAt + FOLLOW_LIMITS.checkSubscriptionEveryS,
      ...(actual?.expiresAt !== undefined && { expiresAt: actual.expiresAt }),
      ...(actual?.lacking !== undefined && { lacking: actual.lacking }),
      ...(left !== undefined && { previousUrl: left }),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof WeighbridgeError)) throw error;
    const failures = known?.failures ?? 0;
    return {
      status: "failed",
      // Until the earlier URL's subscription is ended it is the one to remember.
      callbackUrl: known?.callbackUrl ?? callback.url,
      checkedAt,
      nextCheckAt: checkedAt + retryAfterS(error, failures),
      problem: { code: error.code, message: error.message, remedy: error.remedy },
      failures: failures + 1,
      ...(previousUrl !== undefined && { previousUrl }),
    };
  }
}

function retryAfterS(error: WeighbridgeError, failures: number): number {
  const { retrySubscriptionS: longest, retrySubscriptionSoonS: shortest } = FOLLOW_LIMITS;
  const waitS = error instanceof UnreachableError ? Math.min(longest, shortest * 2 ** failures) : longest;
  return Math.max(waitS, askedForS(error));
}

/** Ends the earlier URL's subscription; gives the URL back where that failed, which must not hide that the new one works. */
async function endEarlier(url: string | undefined, api: PersonApi, options: CallOptions): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    await api.revoke(url, options);
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof WeighbridgeError)) throw error;
    return url;
  }
}

/** Memory of callbacks after a look at the subscription. Another URL, or one that was made again, has to prove itself. */
export function memoryAfter(
  { callbackAt, ...memory }: FollowMemory,
  known: SubscriptionReport | null,
  report: SubscriptionReport,
): FollowMemory {
  const isSame = known === null || known.callbackUrl === report.callbackUrl;
  return {
    ...memory,
    ...(callbackAt !== undefined && isSame && { callbackAt }),
    ...(report.status === "made" && { subscribedAt: report.checkedAt }),
  };
}

/** It was there at its last check and has not run out. */
export const isSubscribed = (report: SubscriptionReport | null, now: EpochSeconds): boolean =>
  report !== null && report.status !== "failed" && (report.expiresAt ?? Infinity) > now;

/** Whether callbacks can be relied on: one came since the subscription was made, and since a weigh-in was last found without one. */
export const doCallbacksCome = ({ callbackAt, missedAt = 0, subscribedAt = 0 }: FollowMemory): boolean =>
  callbackAt !== undefined && callbackAt >= Math.max(missedAt, subscribedAt);

/** Whether a weigh-in that a poll found should have been announced before: it was measured while callbacks could come, and none came since. */
export function isUnannounced(
  measuredAt: EpochSeconds,
  { callbackAt = 0, subscribedAt = 0 }: FollowMemory,
  listensSince: EpochSeconds,
): boolean {
  // Two clocks are at work.
  return measuredAt >= Math.max(subscribedAt, listensSince) && callbackAt < measuredAt - FOLLOW_LIMITS.callbackGraceS;
}
