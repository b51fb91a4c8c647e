import type { Clock } from "../clock.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { PersonApi } from "../domain/person-api.ts";
import { WeighbridgeError } from "../errors.ts";
import { planSubscription, SUBSCRIPTION_LIMITS } from "./plan.ts";

/** How a person's subscription stands. Plain data. */
export interface SubscriptionReport {
  /** `made` and `renewed` were done just now; with `failed` there may be none, and `problem` says why. */
  readonly status: "active" | "renewed" | "made" | "failed";
  readonly callbackUrl: string;
  readonly checkedAt: EpochSeconds;
  readonly nextCheckAt: EpochSeconds;
  /** Absent where the API knows no expiry. */
  readonly expiresAt?: EpochSeconds;
  readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
}

export interface KeepInput {
  readonly api: PersonApi;
  readonly callbackUrl: string;
  /** Shown to the person in the list of who may see their data. */
  readonly comment: string;
  readonly clock: Clock;
  /** A URL that this installation used before: its subscription is ended. No other is ever touched. */
  readonly previousUrl?: string;
  readonly signal?: AbortSignal;
}

/** Looks after one subscription: makes it, renews it in time, makes it again when it was lost. Throws only the signal's reason. */
export async function keepSubscription(input: KeepInput): Promise<SubscriptionReport> {
  const { api, callbackUrl, comment, clock, previousUrl, signal } = input;
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
    if (previousUrl !== undefined && previousUrl !== callbackUrl) await api.revoke(previousUrl, options);
    const status = ({ keep: "active", renew: "renewed", make: "made" } as const)[step];
    const expiry = actual?.expiresAt === undefined ? {} : { expiresAt: actual.expiresAt };
    return { ...report(status, SUBSCRIPTION_LIMITS.checkEveryS), ...expiry };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof WeighbridgeError)) throw error;
    const { code, message, remedy } = error;
    return { ...report("failed", SUBSCRIPTION_LIMITS.retryAfterS), problem: { code, message, remedy } };
  }
}
