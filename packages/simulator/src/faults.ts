const WAYS = [
  "html",
  "http-500",
  "drop",
  "hang",
  "slow",
  "empty",
  "lose-answer",
  "ignore-offset",
  "lose-callbacks",
] as const;

/**
 * Faults on demand. A decimal number is a status of the API (`"601"`, `"2555"`).
 * - `html`: HTTP 503 with a maintenance page · `http-500`: an empty HTTP 500 · `drop`: the connection closes without an answer
 * - `hang`: no answer ever · `slow`: an answer after `ms` · `ignore-offset`: paging always gives the first page
 * - `empty`: status 0 with an empty body · `lose-answer`: the call has its effect, and the connection closes without an answer
 * - `lose-callbacks`: notifications are never sent, and nobody tries again
 */
export type FaultKind = `${number}` | (typeof WAYS)[number];

export interface FaultFilter {
  readonly service?: string;
  readonly action?: string;
  /** With `slow`: how long. With a status of today's API: the `wait_seconds` of its body, in milliseconds. */
  readonly ms?: number;
}

export interface Fault extends FaultFilter {
  readonly kind: FaultKind;
  left: number;
}

/** The handle of a fault that was asked for. */
export interface FaultHandle {
  /** Ends by itself after this many calls, or callbacks; without it, it lasts until it is ended. */
  times(count: number): FaultHandle;
  end(): void;
}

export class Faults {
  readonly #faults = new Set<Fault>();

  get active(): readonly Fault[] {
    return [...this.#faults];
  }

  add(kind: FaultKind, filter: FaultFilter = {}): FaultHandle {
    const isKnown = (WAYS as readonly string[]).includes(kind) || /^[1-9]\d*$/.test(kind);
    if (!isKnown)
      throw new TypeError(`There is no fault ${kind}: ask for a status such as "601", or ${WAYS.join(", ")}`);
    const fault: Fault = { kind, ...filter, left: Infinity };
    this.#faults.add(fault);
    const handle: FaultHandle = {
      times: (count) => {
        if (!Number.isInteger(count) || count < 0)
          throw new RangeError(`A fault happens a whole number of times, not ${count}`);
        fault.left = count;
        if (count === 0) this.#faults.delete(fault);
        return handle;
      },
      end: () => void this.#faults.delete(fault),
    };
    return handle;
  }

  clear(): void {
    this.#faults.clear();
  }

  /** The fault that hits this call, if any; counts it. */
  take(service: string, action: string): Fault | undefined {
    return this.#take(
      (fault) =>
        fault.kind !== "lose-callbacks" &&
        (fault.service ?? service) === service &&
        (fault.action ?? action) === action,
    );
  }

  /** Whether this callback is lost; counts it. */
  losesCallback(): boolean {
    return this.#take(({ kind }) => kind === "lose-callbacks") !== undefined;
  }

  #take(isHit: (fault: Fault) => boolean): Fault | undefined {
    const fault = this.active.find(isHit);
    if (fault === undefined) return undefined;
    fault.left--;
    if (fault.left <= 0) this.#faults.delete(fault);
    return fault;
  }
}
