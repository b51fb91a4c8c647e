import type { WeighbridgeError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

/** How one try failed. */
export interface Failure {
  readonly error: WeighbridgeError;
  /**
   * - `never`: the same call would fail again
   * - `harmless`: it had no effect, so any call can be repeated
   * - `unclear`: it may have had its effect; only what is repeatable can be repeated
   */
  readonly repeat: "never" | "harmless" | "unclear";
  /** The service asked for patience with this call. */
  readonly waitAtLeastMs?: number;
  /** The service asked for patience with all calls of the application. */
  readonly pauseMs?: number;
  /** The authorization ended: with a new one the call may go well. */
  readonly isUnauthorized?: boolean;
  /** Connecting failed already. */
  readonly wasNeverSeen?: boolean;
}

export interface RetryOptions {
  /** Tries that failed so far, this one included. */
  readonly tries: number;
  readonly retries: number;
  /** Doing it twice is the same as doing it once. */
  readonly isRepeatable: boolean;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long to wait before the next try; undefined: give up. Doubles, with up to half of it left to chance. */
export function retryDelay(failure: Failure, { tries, retries, isRepeatable, random }: RetryOptions) {
  if (tries > retries || failure.repeat === "never" || (failure.repeat === "unclear" && !isRepeatable))
    return undefined;
  const backoff = Math.min(LIMITS.backoffMaxMs, LIMITS.backoffMs * 2 ** (tries - 1));
  return Math.max(failure.waitAtLeastMs ?? 0, failure.pauseMs ?? 0) + Math.round(backoff * (0.5 + random() / 2));
}
