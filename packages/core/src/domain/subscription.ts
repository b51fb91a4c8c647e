import type { EpochSeconds } from "./measure-group.ts";

export interface Subscription {
  readonly callbackUrl: string;
  readonly comment?: string;
  /** Absent where the API knows no expiry. */
  readonly expiresAt?: EpochSeconds;
  /** Kinds of data that the API refused to announce, such as `blood_pressure`, while it announces others. Absent for none. */
  readonly lacking?: readonly string[];
}

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
  /** Kinds of data that are not announced, while others are: polls find them. Absent for none. */
  readonly lacking?: readonly string[];
  /** In a row, up to this one. */
  readonly failures?: number;
  /** The earlier URL, where its subscription could not be ended: hand it back as `previousUrl`. */
  readonly previousUrl?: string;
}
