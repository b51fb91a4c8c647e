import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../src/clock.ts";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([Infinity, LONGEST_TIMER_MS + 5_000])("a sleep of %d ms does not end at once", async (ms) => {
  const woken = vi.fn();
  void systemClock.sleep(ms).then(woken);
  await vi.advanceTimersByTimeAsync(LONGEST_TIMER_MS + 4_000);
  expect(woken).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(woken).toHaveBeenCalledTimes(ms === Infinity ? 0 : 1);
});

test("a long sleep ends with its signal, and leaves no timer behind", async () => {
  const stop = new AbortController();
  const slept = systemClock.sleep(Infinity, stop.signal);
  stop.abort(new Error("enough"));
  await expect(slept).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});
