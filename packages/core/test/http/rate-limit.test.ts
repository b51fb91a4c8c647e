import fc from "fast-check";
import { expect, test } from "vitest";
import { RateLimit } from "../../src/http/rate-limit.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";

test("below the limit nobody waits", async () => {
  const clock = new ManualClock(0);
  const limit = new RateLimit(clock, 3);
  await Promise.all([limit.take(undefined), limit.take(undefined), limit.take(undefined)]);
  expect(clock.sleeping).toBe(0);
});

test("the call beyond the limit goes out a minute after the first, in turn", async () => {
  const clock = new ManualClock(0);
  const limit = new RateLimit(clock, 2);
  const order: string[] = [];
  const take = (name: string) => limit.take(undefined).then(() => order.push(`${name} at ${clock.now()}`));
  const all = [take("a"), take("b"), take("c"), take("d"), take("e")];
  await clock.advance(0);
  await clock.advance(59_999);
  expect(order).toEqual(["a at 0", "b at 0"]);
  await clock.advance(1);
  await clock.advance(60_000);
  await Promise.all(all);
  expect(order).toEqual(["a at 0", "b at 0", "c at 60000", "d at 60000", "e at 120000"]);
});

test("in no minute more calls go out than allowed", async () => {
  const anyArrivals = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(anyArrivals, fc.integer({ min: 1, max: 5 }), async (gaps, perMinute) => {
      const clock = new ManualClock(0);
      const limit = new RateLimit(clock, perMinute);
      const times: number[] = [];
      const all: Promise<void>[] = [];
      for (const gap of gaps) {
        all.push(limit.take(undefined).then(() => void times.push(clock.now())));
        await clock.advance(0);
        await clock.advance(gap);
      }
      await clock.advance(gaps.length * 60_000);
      await Promise.all(all);
      for (const [index, time] of times.entries())
        expect((times[index + perMinute] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThanOrEqual(60_000);
    }),
    { numRuns: 40 },
  );
});

test("who aborts while waiting leaves at once, and takes no place", async () => {
  const clock = new ManualClock(0);
  const limit = new RateLimit(clock, 1);
  await limit.take(undefined);
  const aborter = new AbortController();
  const given = limit.take(aborter.signal);
  const next = limit.take(undefined).then(() => clock.now());
  aborter.abort(new Error("no longer needed"));
  await expect(given).rejects.toThrow("no longer needed");
  await clock.advance(60_000);
  expect(await next).toBe(60_000);
});

test("a clock that is set back does not stop the calls", async () => {
  let now = 10_000_000;
  const limit = new RateLimit(
    { now: () => now, monotonic: () => 0, sleep: () => Promise.reject(new Error("waited")) },
    1,
  );
  await limit.take(undefined);
  now = 0;
  await expect(limit.take(undefined)).resolves.toBeUndefined();
});
