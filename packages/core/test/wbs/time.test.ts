import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { LIMITS } from "../../src/limits.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { createWbsClient } from "../../src/wbs/client.ts";
import { startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const ada = { userId: 29, publicKey: "b71d95ce5c1d4f23" };
const success = { status: 0 };
const hangUp = (response: ServerResponse) => void response.destroy();
const silence = () => () => {};

/** Answers the first call with what it is given, if anything, and no other. */
async function slowServer(options: { timeoutMs?: number; deadlineMs?: number; retries?: number }, first?: unknown) {
  const arrivals = { count: 0, next: () => {} };
  const server = await startApiServer((_call, index) => {
    arrivals.count++;
    arrivals.next();
    return index === 0 && first !== undefined ? first : silence();
  });
  const clock = new ManualClock(0);
  const arrived = () =>
    new Promise<void>((resolve) => {
      arrivals.next = resolve;
    });
  const client = createWbsClient({ baseUrl: server.url, clock, random: () => 1, ...options });
  return { client, clock, arrived, arrivals };
}

test("a try ends after its timeout", async () => {
  const { client, clock, arrived } = await slowServer({ timeoutMs: 2_000, retries: 0 });
  const arrival = arrived();
  const failed = caught(client.measure.getMeas(ada));
  await arrival;
  await clock.advance(2_000);
  expect(await failed).toMatchObject({
    name: "UnreachableError",
    code: "timeout",
    message: expect.stringContaining("did not answer within 2 s"),
  });
  expect(clock.sleeping).toBe(0);
});

test("all tries together end at the deadline", async () => {
  const { client, clock, arrived, arrivals } = await slowServer({ timeoutMs: 2_000, deadlineMs: 3_000 });
  const first = arrived();
  const failed = caught(client.measure.getMeas(ada));
  await first;
  const second = arrived();
  await clock.advance(2_000);
  await clock.advance(500);
  await second;
  await clock.advance(500);
  expect(await failed).toMatchObject({ code: "timeout" });
  expect(clock.now()).toBe(3_000);
  expect(arrivals.count).toBe(2);
});

test("what a try needs to be asked anew counts to the deadline of the whole", async () => {
  const first = { status: 0, body: { once: "4a8947d9-25e849fd" } };
  const { client, clock, arrived, arrivals } = await slowServer({ timeoutMs: 2_000, deadlineMs: 3_000 }, first);
  const once = arrived();
  const failed = caught(client.account.getUsersList({ email: "a@example.org", password: "p" }));
  await once;
  await arrived();
  const again = arrived();
  await clock.advance(2_000);
  await clock.advance(500);
  await again;
  await clock.advance(500);
  expect(await failed).toMatchObject({ code: "timeout" });
  expect(arrivals.count).toBe(3);
  expect(clock.now()).toBe(3_000);
});

test("a caller who aborts gets their own reason, and leaves no timer behind", async () => {
  const { client, clock, arrived } = await slowServer({});
  const aborter = new AbortController();
  const arrival = arrived();
  const failed = client.measure.getMeas(ada, { signal: aborter.signal });
  await arrival;
  const reason = new Error("shutting down");
  aborter.abort(reason);
  await expect(failed).rejects.toBe(reason);
  expect(clock.sleeping).toBe(0);
});

test("a caller who aborts while we wait for the next try is heard", async () => {
  const server = await startApiServer(() => hangUp);
  const aborter = new AbortController();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (ms, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        if (ms !== LIMITS.timeoutMs) aborter.abort(new Error("enough"));
      }),
  };
  const client = createWbsClient({ baseUrl: server.url, clock });
  expect(await caught(client.measure.getMeas(ada, { signal: aborter.signal }))).toMatchObject({ message: "enough" });
  expect(server.calls).toHaveLength(1);
});

test("the rate limit is shared by all calls of a client", async () => {
  const server = await startApiServer(() => success);
  const clock = new JumpingClock();
  const client = createWbsClient({ baseUrl: server.url, clock, callsPerMinute: 2 });
  for (let call = 0; call < 5; call++) await client.once.probe();
  expect(clock.waits).toEqual([60_000, 60_000]);
});
