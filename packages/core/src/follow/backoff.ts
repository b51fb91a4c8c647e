import type { Clock } from "../clock.ts";
import { NotAuthorizedError, RejectedError, WeighbridgeError } from "../errors.ts";
import { FOLLOW_LIMITS } from "./limits.ts";

export interface Failure {
  readonly error: unknown;
  readonly againInS: number;
  /** True where a person must act first. A single refusal between good answers does not block. */
  readonly isBlocked: boolean;
}

/** When something that failed is tried again: later each time, and seldom where somebody must act first. */
export class Backoff {
  readonly #clock: Clock;
  #failures = 0;
  #refusals = 0;
  #until = -Infinity;
  #since: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Monotonic milliseconds; in the past where nothing failed. */
  get until(): number {
    return this.#until;
  }

  /** For how long it has been failing, in milliseconds; 0 where it works. */
  get failingMs(): number {
    return this.#since === null ? 0 : this.#clock.monotonic() - this.#since;
  }

  failed(error: unknown): Failure {
    const isRefusal = error instanceof RejectedError && error.actor !== "service";
    this.#refusals = isRefusal ? this.#refusals + 1 : 0;
    const { retryMinS, retryMaxS, retryBlockedS, confirmRefusalS } = FOLLOW_LIMITS;
    // A missing consent is no mistake of the service that may pass.
    const isBlocked = this.#refusals > 1 || error instanceof NotAuthorizedError;
    const passingS = isRefusal ? confirmRefusalS : Math.min(retryMaxS, retryMinS * 2 ** this.#failures);
    const againInS = Math.max(isBlocked ? retryBlockedS : passingS, askedForS(error));
    this.#failures++;
    this.#since ??= this.#clock.monotonic();
    this.#until = this.#clock.monotonic() + againInS * 1000;
    return { error, againInS, isBlocked };
  }

  /** Tries again at once, since it was asked for; the time since the first failure goes on. */
  retryNow(): void {
    this.#until = -Infinity;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#refusals = 0;
    this.#since = null;
    this.#until = -Infinity;
  }
}

/** The patience that a failure asks for, such as a limit of calls that is used up. */
export const askedForS = (error: unknown): number =>
  error instanceof WeighbridgeError ? Math.ceil((error.retryAfterMs ?? 0) / 1000) : 0;
