import { describe, expect, test } from "vitest";
import { RejectedError } from "../../src/errors.ts";
import { FakePersonApi } from "../../src/testing/fake-person-api.ts";
import { group } from "../../src/testing/groups.ts";
import { cursorAfter, queryOf } from "../../src/weigh-ins/cursor.ts";
import { Host } from "./host.ts";

const NOW = 1_000_000;
const DAY = 86_400;

describe("the cursor after a poll", () => {
  test.each([
    ["the server's clock", NOW - 7, NOW - 7],
    ["at most a step ahead of ours", NOW + DAY, NOW + 300],
    ["our clock where the server says nothing", undefined, NOW],
  ])("is %s", (_, serverTime, expected) => {
    expect(cursorAfter({ now: NOW, serverTime })).toBe(expected);
  });
});

describe("a poll asks", () => {
  test.each([
    ["for everything without a cursor", null, {}],
    ["from its cursor, with an overlap", NOW - 50, { modifiedSince: NOW - 350 }],
    ["from now, where the cursor is a little ahead", NOW + 50, { modifiedSince: NOW - 300 }],
    ["for everything, where the cursor is far ahead", NOW + 2 * DAY, {}],
  ])("%s", (_, cursor, expected) => {
    expect(queryOf(cursor, NOW)).toEqual(expected);
  });
});

test("what is weighed after one answer from the future is found by the next poll", async () => {
  const host = new Host();
  host.api.now = NOW + 3_600;
  await host.poll();
  host.api.now = NOW + 60;
  host.api.put(group({ id: 1, at: NOW + 50, values: { weight: 80 } }));
  await host.poll();
  expect(host.kinds).toEqual(["weigh_in"]);
});

test("a cursor far ahead of our clock makes old weigh-ins no first sync: what it missed is news", async () => {
  const host = new Host();
  await host.poll();
  await host.store.commit({
    change: { upserts: [], removals: [], events: [], state: host.person.state, cursor: 1e15 },
  });
  host.api.put(group({ id: 1, at: NOW - (30 * DAY) / 10, values: { weight: 80 } }));
  await host.poll();
  expect(host.kinds).toEqual(["weigh_in"]);
  expect(host.person.cursor).toBe(NOW);
});

test.each([
  ["status_503", "service", "asks for everything, which needs no clock"],
  ["comment_refused", "caller", "asks for everything, which needs no clock"],
  ["not_shared", "person", undefined],
  ["too_many_requests", "service", undefined],
] as const)("a poll that is refused with %s (%s) %s", async (code, _actor, then) => {
  const words = { meaning: "no", remedy: "see", status: 503 };
  const refused = new RejectedError({ service: "measure", action: "getmeas", code, ...words });
  class Strict extends FakePersonApi {
    override async *measureGroups(query: Parameters<FakePersonApi["measureGroups"]>[0]) {
      if ("modifiedSince" in query) throw refused;
      yield* super.measureGroups(query);
    }
  }
  const host = new Host({ api: new Strict() });
  await host.poll();
  host.api.put(group({ id: 1, at: NOW, values: { weight: 80 } }));
  if (then === undefined) return expect(host.poll()).rejects.toBe(refused);
  await host.poll();
  expect(host.kinds).toEqual(["weigh_in"]);
});

/** An API whose update time is that of the last change, and no clock. */
class Clockless extends FakePersonApi {
  updateTimes: number[] = [];

  override async *measureGroups(query: Parameters<FakePersonApi["measureGroups"]>[0]) {
    let page = 0;
    for await (const { groups } of super.measureGroups(query)) {
      const updateTime = this.updateTimes[page++];
      yield { groups, isClock: false as const, ...(updateTime !== undefined && { updateTime }) };
    }
  }
}

test("PUB-MEAS-10: an update time that is no clock feeds the next query, the smallest of the walk, and no judgement of clocks", async () => {
  const api = new Clockless({ pageSize: 1 });
  const host = new Host({ api });
  for (const id of [1, 2]) api.put(group({ id, at: NOW - 40 * DAY * id * 0.1, values: { weight: 80 } }));
  api.updateTimes = [NOW - 9 * DAY, NOW - 11 * DAY];
  await host.poll();
  expect(host.person.cursor).toBe(NOW - 11 * DAY);
  expect(host.changes.at(-1)?.observed).toEqual({ isEmpty: false });
  await host.hint(NOW - 5);
  await host.reread();
  expect(host.changes.flatMap(({ observed }) => observed?.clockSkewS ?? [])).toEqual([]);
});
