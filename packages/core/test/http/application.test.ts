import { freePort } from "@weighbridge/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Priority } from "../../src/domain/call-options.ts";
import { type Admission, Application } from "../../src/http/application.ts";
import { LIMITS } from "../../src/limits.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { createWbsClient } from "../../src/wbs/client.ts";
import { startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const call: Admission = { key: undefined, pace: undefined, isRetry: false, priority: "call", signal: undefined };
const ada = { userId: 29, publicKey: "b71d95ce5c1d4f23" };
const bob = { userId: 30, publicKey: "ffffffffffffffff" };
const emptyPage = { status: 0, body: { updatetime: 5, measuregrps: [] } };

function setUp(options: { callsPerMinute?: number } = {}) {
  const clock = new ManualClock(0);
  const application = new Application({ clock, ...options });
  const order: string[] = [];
  const admit = (name: string, more: Partial<Admission> = {}) =>
    application.admit({ ...call, ...more }).then(() => void order.push(`${name} at ${clock.now() / 1000} s`));
  return { clock, application, order, admit };
}

describe("the limit of calls per minute", () => {
  test("makes no call below it wait", async () => {
    const { clock, admit } = setUp({ callsPerMinute: 3 });
    await Promise.all([admit("a"), admit("b"), admit("c")]);
    expect(clock.sleeping).toBe(0);
  });

  test("lets the calls beyond it out a minute later, in turn", async () => {
    const { clock, order, admit } = setUp({ callsPerMinute: 2 });
    const all = ["a", "b", "c", "d", "e"].map((name) => admit(name));
    await clock.advance(0);
    await clock.advance(59_999);
    expect(order).toEqual(["a at 0 s", "b at 0 s"]);
    await clock.advance(1);
    await clock.advance(60_000);
    await Promise.all(all);
    expect(order.slice(2)).toEqual(["c at 60 s", "d at 60 s", "e at 120 s"]);
    expect(clock.sleeping).toBe(0);
  });

  test("holds in every minute, whatever the priorities", async () => {
    const arrival = fc.record({
      gap: fc.integer({ min: 0, max: 40_000 }),
      priority: fc.constantFrom<Priority>("hint", "call", "chore"),
    });
    const arrivals = fc.array(arrival, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 5 }), async (calls, callsPerMinute) => {
        const { clock, application } = setUp({ callsPerMinute });
        const times: number[] = [];
        const all: Promise<void>[] = [];
        for (const { gap, priority } of calls) {
          all.push(application.admit({ ...call, priority }).then(() => void times.push(clock.now())));
          await clock.advance(0);
          await clock.advance(gap);
        }
        await clock.advance(calls.length * 60_000);
        await Promise.all(all);
        for (const [index, time] of times.entries())
          expect((times[index + callsPerMinute] ?? Infinity) - time).toBeGreaterThanOrEqual(60_000);
      }),
      { numRuns: 40 },
    );
  });

  test("lets a hint go before a thousand chores that came earlier, and hints among themselves in turn", async () => {
    const { clock, order, admit } = setUp({ callsPerMinute: 1 });
    const chores = Array.from({ length: 1_000 }, (_, index) => admit(`chore ${index}`, { priority: "chore" }));
    const hints = [admit("hint 1", { priority: "hint" }), admit("hint 2", { priority: "hint" })];
    await clock.advance(0);
    await clock.advance(180_000);
    await Promise.all(hints);
    expect(order).toEqual(["chore 0 at 0 s", "hint 1 at 60 s", "hint 2 at 120 s", "chore 1 at 180 s"]);
    expect(chores).toHaveLength(1_000);
  });

  test("finds room for a hint and a call at once, though a thousand chores came first", async () => {
    const { clock, order, admit } = setUp();
    const chores = Array.from({ length: 1_000 }, (_, index) => admit(`chore ${index}`, { priority: "chore" }));
    await clock.advance(500);
    await Promise.all([admit("call"), admit("hint", { priority: "hint" })]);
    expect(order.slice(90)).toEqual(["call at 0.5 s", "hint at 0.5 s"]);
    await clock.advance(12 * 60_000);
    await Promise.all(chores);
  });

  test("leaves an aborted call out at once, and gives its place to the next", async () => {
    const { clock, order, admit } = setUp({ callsPerMinute: 1 });
    await admit("a");
    const aborter = new AbortController();
    const given = admit("b", { signal: aborter.signal });
    const next = admit("c");
    aborter.abort(new Error("no longer needed"));
    await expect(given).rejects.toThrow("no longer needed");
    await clock.advance(60_000);
    await next;
    expect(order).toEqual(["a at 0 s", "c at 60 s"]);
  });

  test("leaves no timer behind when the last waiting call is aborted", async () => {
    const { clock, admit } = setUp({ callsPerMinute: 1 });
    await admit("a");
    const aborter = new AbortController();
    const given = admit("b", { signal: aborter.signal });
    expect(clock.sleeping).toBe(1);
    aborter.abort(new Error("stopping"));
    await expect(given).rejects.toThrow("stopping");
    expect(clock.sleeping).toBe(0);
  });
});

describe("an identical call", () => {
  test("goes out 12 s after the one before, and holds up no other", async () => {
    const { clock, order, admit } = setUp();
    const all = [
      admit("a", { key: "a" }),
      admit("a", { key: "a" }),
      admit("a", { key: "a" }),
      admit("b", { key: "b" }),
    ];
    await clock.advance(0);
    await clock.advance(24_000);
    await Promise.all(all);
    expect(order).toEqual(["a at 0 s", "b at 0 s", "a at 12 s", "a at 24 s"]);
  });

  test("waits 12 s also where hundreds of others went out meanwhile", async () => {
    const { clock, order, admit } = setUp({ callsPerMinute: 10_000 });
    await admit("a", { key: "a" });
    for (let other = 0; other < 500; other++) await admit("other", { key: `other ${other}` });
    const again = admit("a", { key: "a" });
    await clock.advance(11_999);
    expect(order.at(-1)).toBe("other at 0 s");
    await clock.advance(1);
    await again;
    expect(order.at(-1)).toBe("a at 12 s");
  });

  test("can be aborted while it waits", async () => {
    const { clock, admit } = setUp();
    await admit("a", { key: "a" });
    const aborter = new AbortController();
    const again = admit("a", { key: "a", signal: aborter.signal });
    aborter.abort(new Error("stopping"));
    await expect(again).rejects.toThrow("stopping");
    expect(clock.sleeping).toBe(0);
  });

  test("as a retry goes out at once, and counts for the next one", async () => {
    const { clock, order, admit } = setUp();
    await admit("a", { key: "a" });
    await clock.advance(2_000);
    await admit("retry", { key: "a", isRetry: true });
    const again = admit("a", { key: "a" });
    await clock.advance(12_000);
    await again;
    expect(order).toEqual(["a at 0 s", "retry at 2 s", "a at 14 s"]);
  });

  test("of two clients with one application waits, of another person does not", async () => {
    const server = await startApiServer(() => emptyPage);
    const clock = new JumpingClock();
    const application = new Application({ clock });
    const clients = [1, 2].map(() => createWbsClient({ baseUrl: server.url, clock, application }));
    await clients[0]?.measure.getMeas({ ...ada, lastUpdate: 7 });
    await clients[1]?.measure.getMeas({ ...bob, lastUpdate: 7 });
    await clients[1]?.measure.getMeas({ ...ada, lastUpdate: 8 });
    expect(clock.waits).toEqual([]);
    await clients[1]?.measure.getMeas({ ...ada, lastUpdate: 7 });
    expect(clock.waits).toEqual([LIMITS.repeatCallMs]);
  });

  test("goes out at once where the one before never reached the service", async () => {
    const port = await freePort();
    const clock = new JumpingClock();
    const client = createWbsClient({ baseUrl: `http://127.0.0.1:${port}`, clock, retries: 0 });
    for (let call = 0; call < 3; call++)
      expect(await caught(client.measure.getMeas(ada))).toMatchObject({ code: "network" });
    expect(clock.waits).toEqual([]);
  });
});

test("subscribes keep 5 s between them, other calls pass", async () => {
  const { clock, order, admit } = setUp();
  const all = [admit("ada", { pace: "subscribe" }), admit("bob", { pace: "subscribe" }), admit("getmeas")];
  await clock.advance(0);
  await clock.advance(5_000);
  await Promise.all(all);
  expect(order).toEqual(["ada at 0 s", "getmeas at 0 s", "bob at 5 s"]);
});

test("a client's subscribes are paced, and looking for one is not", async () => {
  const server = await startApiServer(({ parameters }) =>
    parameters["action"] === "get" ? { status: 0, body: { expires: 9, comment: "x" } } : { status: 0 },
  );
  const clock = new JumpingClock();
  const { notify } = createWbsClient({ baseUrl: server.url, clock });
  const callbackUrl = "http://home.example/hook";
  for (const person of [ada, bob]) {
    await notify.get({ ...person, callbackUrl });
    await notify.subscribe({ ...person, callbackUrl, comment: "kitchen" });
    await notify.get({ ...person, callbackUrl });
  }
  expect(clock.waits).toEqual([LIMITS.subscribeGapMs]);
});

test("a clock that is set back or ahead changes no wait", async () => {
  let now = 10_000_000;
  const waits: number[] = [];
  let monotonic = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    monotonic += ms;
  };
  const application = new Application({ clock: { now: () => now, monotonic: () => monotonic, sleep } });
  const paced = { ...call, key: "a", pace: "subscribe" } as const;
  for (const wallClock of [10_000_000, 0, 90_000_000]) {
    now = wallClock;
    await application.admit(paced);
  }
  expect(waits).toEqual([12_000, 12_000]);
});

test.each([[{ callsPerMinute: 0 }], [{ repeatCallMs: -1 }]])("an application with %j is refused at once", (options) => {
  expect(() => new Application(options)).toThrow(expect.objectContaining({ code: "invalid_option" }));
});

test("an application and limits of one's own exclude each other", () => {
  expect(() => createWbsClient({ application: new Application(), callsPerMinute: 3 })).toThrow(
    expect.objectContaining({ code: "invalid_option" }),
  );
});

describe("patience that the service asks for", () => {
  test("PUB-LIMIT-2: a pause holds all calls of the application, and those of no other", async () => {
    const { clock, application, order, admit } = setUp();
    application.pause(60_000);
    const all = [admit("ada"), admit("bob", { priority: "hint" })];
    await clock.advance(59_999);
    expect(order).toEqual([]);
    await clock.advance(1);
    await Promise.all(all);
    expect(order).toEqual(["bob at 60 s", "ada at 60 s"]);
    const other = setUp();
    await other.admit("cleo");
    expect(other.order).toEqual(["cleo at 0 s"]);
  });

  test("a pause is never shortened by a later, shorter one", async () => {
    const { clock, application, order, admit } = setUp();
    application.pause(60_000);
    application.pause(1_000);
    const done = admit("ada");
    await clock.advance(60_000);
    await done;
    expect(order).toEqual(["ada at 60 s"]);
  });

  test("PUB-LIMIT-4: a call with less patience is given back at once, also while it waits, and holds up no other", async () => {
    const { clock, application, order, admit } = setUp({ callsPerMinute: 1 });
    await admit("first");
    const waiting = caught(admit("waiting", { patienceMs: 60_000 }));
    application.pause(188_000);
    expect(await waiting).toMatchObject({ name: "PostponedError", code: "too_many_requests", retryAfterMs: 188_000 });
    expect(await caught(admit("new", { patienceMs: 60_000 }))).toMatchObject({ retryAfterMs: 188_000 });
    const patient = admit("patient");
    await clock.advance(188_000);
    await patient;
    expect(order).toEqual(["first at 0 s", "patient at 188 s"]);
  });

  test("PUB-LIMIT-2: patience with one call holds that call only", async () => {
    const { clock, application, order, admit } = setUp();
    application.hold("a", 188_000);
    const held = admit("held", { key: "a" });
    await admit("other", { key: "b" });
    await clock.advance(187_999);
    expect(order).toEqual(["other at 0 s"]);
    await clock.advance(1);
    await held;
    expect(order.at(-1)).toBe("held at 188 s");
  });

  test("PUB-NOTIFY-6: revokes keep a second between each other, subscribes five", async () => {
    const { clock, order, admit } = setUp();
    const all = [
      admit("revoke 1", { pace: "revoke" }),
      admit("revoke 2", { pace: "revoke" }),
      admit("subscribe 1", { pace: "subscribe" }),
      admit("subscribe 2", { pace: "subscribe" }),
    ];
    await clock.advance(0);
    await clock.advance(10_000);
    await Promise.all(all);
    expect(order).toEqual(["revoke 1 at 0 s", "subscribe 1 at 0 s", "revoke 2 at 1 s", "subscribe 2 at 5 s"]);
  });
});
