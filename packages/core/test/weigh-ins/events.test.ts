import { expect, test } from "vitest";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const DAY = 86_400;
const T = 900_000;
const weight = (id: number, at: number, value: number, more: Record<string, number> = {}) =>
  group({ id, at, values: { weight: value, ...more } });

/** A host that has polled once, so that everything after is news. */
async function started(options: ConstructorParameters<typeof Host>[0] = {}) {
  const host = new Host(options);
  await host.poll();
  return host;
}

test("WBS-NOTIFY-3: a hint's window is asked for, a second wider at both ends, and gives one weigh-in", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T, T + 1);
  expect(host.api.queries.at(-1)).toEqual({ from: T - 1, to: T + 2 });
  expect(host.events).toMatchObject([
    { kind: "weigh_in", subjectId: 5, measuredAt: T, values: { weight: 81.4 }, backdated: false },
  ]);
  expect(host.person.state.lastWeighIn?.id).toBe(5);
});

test("a hint at either end of time asks for nothing that the API would refuse", async () => {
  const host = await started();
  await host.hint(0, 0);
  expect(host.api.queries.at(-1)).toEqual({ from: 0, to: 1 });
  await host.hint(999_999_999_999_999, 999_999_999_999_999);
  expect(host.api.queries.at(-1)).toEqual({ from: 999_999_999_999_998, to: 999_999_999_999_999 });
});

test("an equal weight is an event again", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  host.api.put(weight(6, T + DAY, 81.4));
  await host.hint(T + DAY);
  expect(host.kinds).toEqual(["weigh_in", "weigh_in"]);
  expect(host.events[1]?.id).not.toBe(host.events[0]?.id);
  expect(host.events[1]?.derived.change).toBe(0);
});

test("the same hint again makes no event", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  await host.hint(T);
  await host.poll();
  expect(host.kinds).toEqual(["weigh_in"]);
});

test("the first poll fills state and history without events, except for what was measured after the person was added", async () => {
  const host = new Host({ addedAt: T });
  host.api.put(weight(1, T - DAY, 80));
  host.api.put(weight(2, T + 5, 79));
  await host.poll();
  expect(host.store.stored).toHaveLength(2);
  expect(host.events).toMatchObject([{ kind: "weigh_in", subjectId: 2 }]);
  expect(host.person.state).toMatchObject({ lastWeighIn: { id: 2 }, previousWeight: 80 });
});

test("WBS-MEAS-14: a poll asks from the answer's updatetime minus an overlap, and only a poll moves the cursor", async () => {
  const host = await started();
  expect(host.person.cursor).toBe(1_000_000);
  await host.wait(5_000);
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  expect(host.person.cursor).toBe(1_000_000);
  await host.poll();
  expect(host.api.queries.at(-1)).toEqual({ modifiedSince: 1_000_000 - 300 });
  expect(host.person.cursor).toBe(1_005_000);
});

test("groups within 60 s make one weigh-in, whose id is that of the group with the weight", async () => {
  const host = await started();
  host.api.put(group({ id: 4, at: T - 60, values: { heart_pulse: 61 } }));
  host.api.put(weight(5, T, 81.4));
  host.api.put(group({ id: 6, at: T + 60, values: { fat_ratio: 17.8 } }));
  host.api.put(group({ id: 7, at: T + 61, values: { heart_pulse: 99 } }));
  await host.poll();
  expect(host.events).toMatchObject([
    { kind: "weigh_in", subjectId: 5, values: { weight: 81.4, heart_pulse: 61, fat_ratio: 17.8 } },
    { kind: "measurement", subjectId: 7 },
  ]);
});

test("a group that comes late completes its weigh-in", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  host.api.put(group({ id: 6, at: T + 20, values: { heart_pulse: 61 } }));
  await host.hint(T + 20);
  expect(host.events).toMatchObject([
    { kind: "weigh_in" },
    { kind: "weigh_in_updated", subjectId: 5, values: { weight: 81.4, heart_pulse: 61 } },
  ]);
  expect(host.person.state.lastWeighIn?.groupIds).toEqual([5, 6]);
});

test("two weigh-ins within 60 s are two, and a companion belongs to the nearer one", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  host.api.put(weight(6, T + 40, 62));
  host.api.put(group({ id: 7, at: T + 30, values: { heart_pulse: 61 } }));
  await host.poll();
  expect(host.events).toMatchObject([
    { subjectId: 5, values: { weight: 81.4 } },
    { subjectId: 6, values: { weight: 62, heart_pulse: 61 } },
  ]);
});

test("WBS-NOTIFY-4: an edit is weigh_in_updated, a deletion is weigh_in_deleted, a target is target_set", async () => {
  const host = await started();
  host.api.put(group({ id: 1, at: T - DAY, target: true, values: { weight: 70 } }));
  await host.poll();
  host.store.events.length = 0;
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  host.api.put(weight(5, T, 80.4));
  await host.hint(T);
  host.api.delete(5);
  await host.hint(T);
  host.api.put(group({ id: 9, at: T + 9, target: true, values: { weight: 75 } }));
  await host.hint(T + 9);
  expect(host.kinds).toEqual(["weigh_in", "weigh_in_updated", "weigh_in_deleted", "target_set"]);
  expect(host.person.state).toMatchObject({ lastWeighIn: null, latest: {}, trend: null });
  expect(host.person.state.target["weight"]?.value).toBe(75);
});

test("a weigh-in whose date was edited is changed, not deleted, whichever date the hint names", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  host.api.put(weight(5, T - 3 * DAY, 81.4));
  await host.hint(T);
  await host.hint(T - 3 * DAY);
  expect(host.kinds).toEqual(["weigh_in", "weigh_in_updated"]);
  expect(host.person.state.lastWeighIn?.measuredAt).toBe(T - 3 * DAY);
  host.api.put(weight(5, T + DAY, 81.4));
  await host.hint(T + DAY);
  expect(host.kinds.at(-1)).toBe("weigh_in_updated");
});

test("a back-dated entry never overwrites a newer value", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  await host.hint(T);
  host.api.put(weight(6, T - 9 * DAY, 90, { height: 1.8 }));
  await host.hint(T - 9 * DAY);
  expect(host.events[1]).toMatchObject({ kind: "weigh_in", backdated: true });
  expect(host.person.state).toMatchObject({ lastWeighIn: { id: 5 }, previousWeight: 90 });
  expect(host.person.state.latest["weight"]?.value).toBe(81.4);
  expect(host.person.state.latest["height"]?.value).toBe(1.8);
});

test("deleting the newest value falls back to the next newest", async () => {
  const host = await started();
  for (let n = 0; n < 450; n++)
    host.api.put(group({ id: 100 + n, at: T - 450 * DAY + n * DAY, values: { heart_pulse: 60 } }));
  host.api.put(weight(1, T - 500 * DAY, 70));
  host.api.put(weight(2, T, 80));
  await host.poll();
  host.api.delete(2);
  await host.hint(T);
  expect(host.person.state).toMatchObject({ lastWeighIn: { id: 1 }, previousWeight: null });
  expect(host.person.state.latest["weight"]?.value).toBe(70);
});

test("WBS-MEAS-10: an ambiguous weigh-in is held: an event, no state, until it is claimed", async () => {
  const host = await started();
  host.api.put(group({ id: 5, at: T, attrib: 1, values: { weight: 62 } }));
  await host.hint(T);
  expect(host.kinds).toEqual(["weigh_in_ambiguous"]);
  expect(host.person.state.latest).toEqual({});
  expect(await host.decide(5, "claimed")).toBe("done");
  expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in"]);
  expect(host.person.state.lastWeighIn?.id).toBe(5);
  await host.decide(5, "claimed");
  expect(host.events).toHaveLength(2);
});

test("a refused weigh-in never counts, and a claim can be taken back", async () => {
  const host = await started();
  host.api.put(group({ id: 5, at: T, attrib: 1, values: { weight: 62 } }));
  await host.hint(T);
  await host.decide(5, "refused");
  expect(host.kinds).toEqual(["weigh_in_ambiguous"]);
  await host.decide(5, "claimed");
  await host.decide(5, "refused");
  expect(host.kinds).toEqual(["weigh_in_ambiguous", "weigh_in", "weigh_in_deleted"]);
  expect(host.person.state.lastWeighIn).toBeNull();
  expect(await host.decide(77, "claimed")).toBe("unknown");
});

test("an ambiguous weigh-in becomes one when the API is sure, and ends like one", async () => {
  const host = await started();
  host.api.put(group({ id: 1, at: T - DAY, attrib: 2, target: true, values: { weight: 60 } }));
  await host.poll();
  host.store.events.length = 0;
  host.api.put(group({ id: 5, at: T, attrib: 1, values: { weight: 62 } }));
  await host.hint(T);
  host.api.put(group({ id: 5, at: T, attrib: 7, values: { weight: 62 } }));
  await host.hint(T);
  host.api.put(group({ id: 5, at: T, attrib: 1, values: { weight: 62 } }));
  await host.hint(T);
  host.api.delete(5);
  await host.hint(T);
  expect(host.kinds).toEqual([
    "weigh_in_ambiguous",
    "weigh_in",
    "weigh_in_deleted",
    "weigh_in_ambiguous",
    "weigh_in_deleted",
  ]);
});

test.each([
  ["accept", ["weigh_in"]],
  ["ignore", []],
] as const)("with %s an ambiguous weigh-in gives %j", async (ambiguous, kinds) => {
  const host = await started({ ambiguous });
  host.api.put(group({ id: 5, at: T, attrib: 1, values: { weight: 62 } }));
  await host.hint(T);
  expect(host.kinds).toEqual(kinds);
  expect(host.store.stored).toHaveLength(1);
});

test("BMI, change, trend and distance to the target come with the event", async () => {
  const host = await started();
  host.api.put(group({ id: 1, at: T - 9 * DAY, values: { height: 1.8 } }));
  host.api.put(group({ id: 2, at: T - 8 * DAY, target: true, values: { weight: 75 } }));
  host.api.put(weight(3, T - 7 * DAY, 81));
  host.api.put(weight(4, T, 80));
  await host.poll();
  expect(host.events.at(-1)?.derived).toEqual({ bmi: 24.7, change: -1, trend: 80.37, toTarget: 5 });
});

test("BMI is rounded once, from its exact value: 30.168 kg at 1.20 m are 20.95, which is 21.0", async () => {
  const host = await started();
  host.api.put(weight(5, T, 30.168, { height: 1.2 }));
  await host.poll();
  expect(host.events[0]?.derived.bmi).toBe(21);
});

test("a sync reads a handful of times, however long the history is", async () => {
  const host = await started();
  host.api.put(weight(5, T, 81.4));
  host.store.reads = 0;
  await host.hint(T);
  expect(host.store.reads).toBe(2);
});
