import type { EpochSeconds } from "../domain/measure-group.ts";

/** An entry of notify/list. Early servers do not name the callback URL in it. */
export interface ListedSubscription {
  readonly callbackUrl?: string;
  readonly comment?: string;
  /** Absent where it cannot be read. */
  readonly expiresAt?: EpochSeconds;
}
