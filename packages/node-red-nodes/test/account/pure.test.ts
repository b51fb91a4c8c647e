import type { MeasureGroup, SubscriptionReport, SyncChange } from "@weighbridge/core";
import { describe, expect, test } from "vitest";
import { groupReader } from "../../src/account/group-reader.ts";
import { isRecordOf, newRecord, withCommit, withHint, withSubscription } from "../../src/account/record.ts";

const group = (id: number, measuredAt: number): MeasureGroup => ({
  id,
  measuredAt,
  attribution: { code: 0, name: "device" },
  category: { code: 1, name: "measure" },
  measures: [{ type: "weight", code: 1, value: 80 }],
});

const fresh = newRecord("wbs:1001", 100);
const change = (upserts: readonly MeasureGroup[], removals: readonly number[] = []): SyncChange => ({
  upserts,
  removals,
  events: [],
  state: fresh.state,
});

describe("a record", () => {
  test("keeps groups by the time of measuring, each once", () => {
    const first = withCommit(fresh, { change: change([group(3, 30), group(1, 10)]) });
    const second = withCommit(first, { change: change([group(2, 20), group(3, 5)], [1]) });
    expect(second.groups.map(({ id }) => id)).toEqual([3, 2]);
  });

  test("survives JSON unchanged, and knows itself again", () => {
    const record = withHint(withCommit(fresh, { change: change([group(1, 10)]) }), { from: 1, to: 2 }, 3);
    const read: unknown = JSON.parse(JSON.stringify(record));
    expect(read).toEqual(record);
    expect(isRecordOf("wbs:1001", read)).toBe(true);
    expect(isRecordOf("wbs:1002", read)).toBe(false);
    expect(isRecordOf("wbs:1001", [])).toBe(false);
  });

  test("drops a hint with the change that followed it, and no other", () => {
    const hinted = withHint(withHint(fresh, { from: 1, to: 2 }, 9), { from: 5, to: 6 }, 9);
    const left = withCommit(hinted, { doneHints: [1] }).hints;
    expect(left).toEqual([{ id: 2, window: { from: 5, to: 6 }, takenAt: 9, tries: 0, nextAt: 0 }]);
  });

  test("keeps a hint that came again while it was followed", () => {
    const hinted = withHint(withHint(fresh, { from: 1, to: 2 }, 9), { from: 1, to: 2 }, 10);
    expect(withCommit(hinted, { doneHints: [1] }).hints).toMatchObject([{ id: 2, takenAt: 10 }]);
  });

  test("forgets a subscription that was ended", () => {
    const report: SubscriptionReport = { status: "made", callbackUrl: "http://a", checkedAt: 1, nextCheckAt: 2 };
    const made = withSubscription(fresh, "w1", report);
    expect(made.subscriptions["w1"]).toEqual(report);
    expect(withSubscription(made, "w1", undefined).subscriptions).toEqual({});
  });
});

describe("the reader of a record", () => {
  const record = {
    ...withCommit(fresh, { change: change([1, 2, 3, 4].map((id) => group(id, id * 10))) }),
    verdicts: { 2: "claimed" as const },
  };
  const reader = groupReader(() => record);
  const ids = (groups: readonly MeasureGroup[]) => groups.map(({ id }) => id);

  test("includes both ends of a span", async () => {
    expect(ids(await reader.between(20, 30))).toEqual([2, 3]);
  });

  test("gives the newest before a time, ascending", async () => {
    expect(ids(await reader.before(30, 2))).toEqual([2, 3]);
    expect(await reader.before(5, 2)).toEqual([]);
  });

  test("finds by id, and tells verdicts", async () => {
    expect(ids(await reader.byIds([4, 9]))).toEqual([4]);
    expect([...(await reader.verdicts([1, 2]))]).toEqual([[2, "claimed"]]);
  });
});
