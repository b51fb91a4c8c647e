import type { Clock } from "@weighbridge/core";

interface EventHoldInput {
  readonly clock: Clock;
  /** 0: events are never held. */
  readonly holdMs: number;
  readonly stopping: AbortSignal;
  onEnd(): void;
}

/** Holds events back after an outage of the broker: subscribers without a session come back later than this bridge. */
export class EventHold {
  readonly #input: EventHoldInput;
  #hold: AbortController | undefined;
  #wasConnected = false;

  constructor(input: EventHoldInput) {
    this.#input = input;
  }

  get isOn(): boolean {
    return this.#hold !== undefined;
  }

  /** Begins a hold with each connection but the first. */
  connected(): void {
    const { clock, holdMs, stopping, onEnd } = this.#input;
    this.end();
    if (!this.#wasConnected || holdMs === 0) {
      this.#wasConnected = true;
      return;
    }
    const hold = new AbortController();
    this.#hold = hold;
    void clock
      .sleep(holdMs, AbortSignal.any([hold.signal, stopping]))
      .catch(() => {})
      .then(() => {
        if (this.#hold !== hold) return;
        this.#hold = undefined;
        onEnd();
      });
  }

  end(): void {
    this.#hold?.abort();
  }
}
