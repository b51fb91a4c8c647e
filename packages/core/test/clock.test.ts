import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../src/clock.ts";
import { ManualClock } from "../src/testing/manual-clock.ts";

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

test("a time that has just passed is waited for with 0 ms: Node warns of less", async () => {
  const timer = vi.spyOn(globalThis, "setTimeout");
  const slept = systemClock.sleep(-0.05);
  expect(timer).toHaveBeenCalledWith(expect.any(Function), 0);
  await vi.advanceTimersByTimeAsync(0);
  await slept;
});

test("a long sleep ends with its signal, and leaves no timer behind", async () => {
  const stop = new AbortController();
  const slept = systemClock.sleep(Infinity, stop.signal);
  stop.abort(new Error("enough"));
  await expect(slept).rejects.toThrow("enough");
  expect(vi.getTimerCount()).toBe(0);
});

test("a program that awaits a sleep lives until its end", () => {
  const clock = new URL("../src/clock.ts", import.meta.url);
  const program = `import { systemClock } from ${JSON.stringify(clock.href)}; await systemClock.sleep(1); process.stdout.write("slept");`;
  const args = ["--input-type=module", "--conditions=@weighbridge/source", "--eval", program];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("slept");
});

test("a wall clock that is set moves no wait", async () => {
  const clock = new ManualClock(1_000_000);
  const woken = vi.fn();
  void clock.sleep(5_000).then(woken);
  clock.set(400_000_000);
  expect(clock.now()).toBe(400_000_000);
  vi.useRealTimers();
  await clock.advance(4_999);
  expect(woken).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(woken).toHaveBeenCalled();
  expect([clock.now(), clock.monotonic()]).toEqual([400_005_000, 5_000]);
});
