/** The only source of time. Everything that waits or dates takes a Clock, so that tests can move it. */
export interface Clock {
  /** Epoch milliseconds: dates things. May be set back or ahead at any moment. */
  now(): number;
  /** Milliseconds since some fixed moment: measures waits. Never set; only grows. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `setTimeout` fires at once for a longer delay. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. A pending sleep keeps the process alive: a program that awaits a retry would end in the middle of it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (ms > LONGEST_TIMER_MS)
      return systemClock.sleep(LONGEST_TIMER_MS, signal).then(() => systemClock.sleep(ms - LONGEST_TIMER_MS, signal));
    return new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", abort);
          resolve();
          // Node prints a warning for a wait below 0, which a time that has just passed gives.
        },
        Math.max(0, ms),
      );
      signal?.addEventListener("abort", abort, { once: true });
    });
  },
};
