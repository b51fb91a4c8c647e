import type { MovableClock } from "./clock.ts";
import { LIMITS } from "./limits.ts";

export interface Subscription {
  readonly callbackUrl: string;
  readonly comment: string;
  /** Epoch seconds. */
  readonly expires: number;
}

/** Subscriptions to one person; expired ones are left out. */
export class Subscriptions {
  readonly #clock: MovableClock;
  readonly #onExpired: (subscription: Subscription) => void;
  readonly #byUrl = new Map<string, Subscription>();

  constructor(clock: MovableClock, onExpired: (subscription: Subscription) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  get live(): Subscription[] {
    const now = this.#clock.seconds();
    for (const subscription of this.#byUrl.values()) {
      if (subscription.expires > now) continue;
      this.#byUrl.delete(subscription.callbackUrl);
      this.#onExpired(subscription);
    }
    return [...this.#byUrl.values()];
  }

  get(callbackUrl: string): Subscription | undefined {
    return this.live.find((one) => one.callbackUrl === callbackUrl);
  }

  /** False where too many third parties watch already. The same URL again is a renewal. */
  put(callbackUrl: string, comment: string): boolean {
    if (!this.get(callbackUrl) && this.live.length >= LIMITS.subscriptionsPerPerson) return false;
    const expires = this.#clock.seconds() + LIMITS.subscriptionLastsS;
    this.#byUrl.set(callbackUrl, { callbackUrl, comment, expires });
    return true;
  }

  remove(callbackUrl: string): boolean {
    return this.get(callbackUrl) !== undefined && this.#byUrl.delete(callbackUrl);
  }

  /** As happens at the real service: gone, and nobody is told. */
  lose(): void {
    this.#byUrl.clear();
  }
}
