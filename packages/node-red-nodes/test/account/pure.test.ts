import type { MeasureGroup, SubscriptionReport, SyncChange } from "@weighbridge/core";
import { describe, expect, test } from "vitest";
import { GroupHistory } from "../../src/account/group-history.ts";
import { groupReader } from "../../src/account/group-reader.ts";
import {
  type AccountRecord,
  entriesOf,
  newRecord,
  type RecordEntry,
  recordAfterEntry,
} from "../../src/account/record.ts";

const group = (id: number, measuredAt: number): MeasureGroup => ({
  id,
  measuredAt,
  attribution: { code: 0, name: "device" },
  category: { code: 1, name: "measure" },
  measures: [{ type: "weight", code: 1, value: 80 }],
});

const change = (upserts: readonly MeasureGroup[], removals: readonly number[] = []): SyncChange => ({
  upserts,
  removals,
  events: [],
  state: newRecord(100).state,
});

const after = (...entries: readonly RecordEntry[]): AccountRecord => entries.reduce(recordAfterEntry, newRecord(100));
const ids = (groups: readonly MeasureGroup[]) => groups.map(({ id }) => id);
const groupsOf = async ({ groups }: AccountRecord) => ids(await groups.between(0, 1_000));
const hint = (from: number, takenAt = 9): RecordEntry => ({ hint: { window: { from, to: from + 1 }, takenAt } });

describe("a record", () => {
  test("keeps groups by the time of measuring, each once", async () => {
    const record = after(
      { commit: { change: change([group(3, 30), group(1, 10)]) } },
      { commit: { change: change([group(2, 20), group(3, 5)], [1]) } },
    );
    expect(await groupsOf(record)).toEqual([3, 2]);
  });

  test("is the same after its entries went through JSON", async () => {
    const record = after({ commit: { change: change([group(1, 10)]) } }, hint(1), { sent: [] });
    const entries = [...entriesOf(record)].map((entry) => JSON.parse(JSON.stringify(entry)) as RecordEntry);
    const again = after(...entries);
    expect({ ...again, groups: await groupsOf(again) }).toEqual({ ...record, groups: [1] });
  });

  test("drops a hint with the commit that followed it, and no other", () => {
    const left = after(hint(1), hint(5), { commit: { doneHints: [1] } }).hints;
    expect(left).toEqual([{ id: 2, window: { from: 5, to: 6 }, takenAt: 9, tries: 0, nextAt: 0 }]);
  });

  test("keeps a hint that came again while it was followed", () => {
    const left = after(hint(1, 9), hint(1, 10), { commit: { doneHints: [1] } }).hints;
    expect(left).toMatchObject([{ id: 2, takenAt: 10 }]);
  });

  test("forgets subscriptions that were ended", () => {
    const report: SubscriptionReport = { status: "made", callbackUrl: "http://a", checkedAt: 1, nextCheckAt: 2 };
    const made = after({ subscription: { nodeId: "w1", report } }, { commit: { subscription: report } });
    expect([made.subscriptions?.["w1"], made.subscription]).toEqual([report, report]);
    const left = recordAfterEntry(made, { subscription: { nodeId: "w1", report: null } });
    expect(left).toEqual({ ...newRecord(100), subscription: report });
    expect(recordAfterEntry(made, { isUnsubscribed: true })).toEqual(newRecord(100));
  });
});

describe("the reader of a record", () => {
  const record = {
    ...after({ commit: { change: change([1, 2, 3, 4].map((id) => group(id, id * 10))) } }),
    verdicts: { 2: "claimed" as const },
  };
  const reader = groupReader(() => record);

  test("includes both ends of a span", async () => {
    expect(ids(await reader.between(20, 30))).toEqual([2, 3]);
  });

  test("gives the newest before a time, ascending", async () => {
    expect(ids(await reader.before(30, 2))).toEqual([2, 3]);
    expect(await reader.before(5, 2)).toEqual([]);
  });

  test("finds groups by id, and verdicts", async () => {
    expect(ids(await reader.byIds([4, 9]))).toEqual([4]);
    expect([...(await reader.verdicts([1, 2]))]).toEqual([[2, "claimed"]]);
  });
});

describe("a history", () => {
  test("of few or many groups, put in any order, is sorted and holds each once", async () => {
    const [few, many] = [new GroupHistory(1_000), new GroupHistory(1_000)];
    const shuffled = Array.from({ length: 500 }, (_, n) => group((n * 7919) % 503, ((n * 7919) % 503) * 3));
    many.put(shuffled);
    for (const one of shuffled) few.put([one]);
    for (const one of shuffled.slice(0, 50)) few.put([one]);
    const all = await many.between(0, 10_000);
    expect(await few.between(0, 10_000)).toEqual(all);
    expect(ids(all)).toEqual(ids(all).toSorted((a, b) => a - b));
    expect(all).toHaveLength(500);
  });

  test("that is full forgets the oldest", async () => {
    const history = new GroupHistory(2);
    history.put([group(1, 10), group(2, 20), group(3, 30)]);
    history.put([group(4, 15)]);
    expect(ids(await history.between(0, 100))).toEqual([2, 3]);
    expect(await history.byIds([1, 4])).toEqual([]);
  });
});
