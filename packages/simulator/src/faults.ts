/**
 * What can go wrong on demand. A decimal number is a status of the API (`"601"`, `"2555"`).
 * - `html`: HTTP 503 with a maintenance page · `http-500`: an empty HTTP 500 · `drop`: the connection closes without an answer
 * - `hang`: no answer ever · `slow`: an answer after `ms` · `ignore-offset`: paging always gives the first page
 */
export type FaultKind = `${number}` | "html" | "http-500" | "drop" | "hang" | "slow" | "ignore-offset";

export interface FaultFilter {
  readonly service?: string;
  readonly action?: string;
  /** With `slow`: how long. */
  readonly ms?: number;
}

export interface Fault extends FaultFilter {
  readonly kind: FaultKind;
  left: number;
}

/** The handle of a fault that was asked for. */
export interface FaultHandle {
  /** Ends by itself after this many calls; without it, it lasts until it is ended. */
  times(count: number): FaultHandle;
  end(): void;
}

export class Faults {
  readonly #faults = new Set<Fault>();

  get active(): readonly Fault[] {
    return [...this.#faults];
  }

  add(kind: FaultKind, filter: FaultFilter = {}): FaultHandle {
    const fault: Fault = { kind, ...filter, left: Infinity };
    this.#faults.add(fault);
    const handle: FaultHandle = {
      times: (count) => {
        fault.left = count;
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
    for (const fault of this.#faults) {
      const isHit = (fault.service ?? service) === service && (fault.action ?? action) === action;
      if (!isHit) continue;
      fault.left--;
      if (fault.left <= 0) this.#faults.delete(fault);
      return fault;
    }
    return undefined;
  }
}
