import type { Clock } from "../clock.ts";
import type { CallOptions } from "../domain/call-options.ts";
import type { SubscriptionReport } from "../domain/subscription.ts";
import { UnreachableError, WeighbridgeError } from "../errors.ts";
import type { PersonApi } from "../ports/person-api.ts";
import { planSubscription, SUBSCRIPTION_LIMITS } from "./subscription-plan.ts";

export interface KeepInput {
  readonly api: PersonApi;
  readonly callbackUrl: string;
  /** Shown to the person in the list of who may see their data. */
  readonly comment: string;
  readonly clock: Clock;
  /** A URL that this installation used before: its subscription is ended. No other is ever touched. */
  readonly previousUrl?: string;
  /** Of the report before: each one more makes the next try come later. */
  readonly failures?: number;
  readonly signal?: AbortSignal;
}

/** Looks after one subscription: makes it, renews it in time, makes it again when it was lost. Throws only the signal's reason. */
export async function keepSubscription(input: KeepInput): Promise<SubscriptionReport> {
  const { api, callbackUrl, comment, clock, previousUrl, failures = 0, signal } = input;
  const options = signal ? { signal } : {};
  const checkedAt = Math.floor(clock.now() / 1000);
  const report = (status: SubscriptionReport["status"], afterS: number) => ({
    status,
    callbackUrl,
    checkedAt,
    nextCheckAt: checkedAt + afterS,
  });
  try {
    let actual = await api.subscription(callbackUrl, options);
    const step = planSubscription(actual, checkedAt);
    if (step !== "keep") {
      await api.subscribe(callbackUrl, comment, options);
      actual = await api.subscription(callbackUrl, options);
    }
    const stale = await endEarlier(previousUrl === callbackUrl ? undefined : previousUrl, api, options);
    const status = ({ keep: "active", renew: "renewed", make: "made" } as const)[step];
    const expiry = actual?.expiresAt === undefined ? {} : { expiresAt: actual.expiresAt };
    const left = stale === undefined ? {} : { previousUrl: stale };
    return { ...report(status, SUBSCRIPTION_LIMITS.checkEveryS), ...expiry, ...left };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof WeighbridgeError)) throw error;
    const { code, message, remedy } = error;
    const left = previousUrl === undefined ? {} : { previousUrl };
    const { retryAfterS, retrySoonS } = SUBSCRIPTION_LIMITS;
    const afterS = error instanceof UnreachableError ? Math.min(retryAfterS, retrySoonS * 2 ** failures) : retryAfterS;
    return { ...report("failed", afterS), problem: { code, message, remedy }, failures: failures + 1, ...left };
  }
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
