import type { MeasureGroup } from "@weighbridge/core";
import { START, simulate } from "@weighbridge/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientOf, keyOf } from "./support/client.ts";

const datesOf = (groups: readonly MeasureGroup[]) => groups.map(({ measuredAt }) => measuredAt);
const DAY = 86_400;

/** Ada weighed herself on five days, the newest today, and has a target. */
async function fiveDays() {
  const sim = await simulate();
  const ada = sim.person("ada");
  for (const daysAgo of [4, 3, 2, 1, 0])
    ada.weighsIn({ weight: 80 + daysAgo, fatRatio: 20, at: START - daysAgo * DAY });
  ada.setsTarget({ weight: 75, at: START - 2 * DAY });
  return { sim, ada, client: clientOf(sim), who: keyOf(ada) };
}

describe("who may read", () => {
  test("WBS-MEAS-1: a userid that nobody has is refused with 247", async () => {
    const { client, who } = await fiveDays();
    await expect(client.measure.getMeas({ ...who, userId: 999_999 })).rejects.toMatchObject({ status: 247 });
  });

  test("WBS-MEAS-1: a key that is not the user's is refused with 250", async () => {
    const { client, who } = await fiveDays();
    const wrong = client.measure.getMeas({ ...who, publicKey: "0000000000000000" });
    await expect(wrong).rejects.toMatchObject({ status: 250, actor: "person" });
  });

  test.each([
    ["userid", 247],
    ["publickey", 250],
  ])("WBS-MEAS-1: the service refuses a call without %s with %d", async (missing, status) => {
    const { sim, who } = await fiveDays();
    const parameters = new URLSearchParams({ action: "getmeas", userid: `${who.userId}`, publickey: who.publicKey });
    parameters.delete(missing);
    const answer = await fetch(new URL(`measure?${parameters}`, sim.url));
    expect(await answer.json()).toMatchObject({ status });
  });
});

describe("filters", () => {
  test("WBS-MEAS-2: start and end, each alone and both together, count the measuring date and are inclusive", async () => {
    const { client, who } = await fiveDays();
    const [from, to] = [START - 3 * DAY, START - DAY];
    const category = 1;
    const found = async (filters: { startDate?: number; endDate?: number }) =>
      datesOf((await client.measure.getMeas({ ...who, category, ...filters })).groups);
    expect(await found({ startDate: from })).toEqual([START, START - DAY, START - 2 * DAY, from]);
    expect(await found({ endDate: to })).toEqual([to, START - 2 * DAY, from, START - 4 * DAY]);
    expect(await found({ startDate: from, endDate: to })).toEqual([to, START - 2 * DAY, from]);
    expect(await found({ startDate: 0 })).toHaveLength(5);
  });

  test("WBS-MEAS-2: any window gives exactly what was measured in it", async () => {
    const { client, who } = await fiveDays();
    const all = (await client.measure.getMeas(who)).groups;
    const moment = fc.integer({ min: START - 5 * DAY, max: START + DAY });
    await fc.assert(
      fc.asyncProperty(moment, moment, async (one, other) => {
        const [startDate, endDate] = [Math.min(one, other), Math.max(one, other)];
        const { groups } = await client.measure.getMeas({ ...who, startDate, endDate });
        expect(groups).toEqual(all.filter(({ measuredAt }) => measuredAt >= startDate && measuredAt <= endDate));
      }),
      { numRuns: 30 },
    );
  });

  test("WBS-MEAS-3: a measure type is the only one that comes", async () => {
    const { client, who } = await fiveDays();
    const { groups } = await client.measure.getMeas({ ...who, measureType: 6 });
    expect(groups.flatMap(({ measures }) => measures.map(({ type }) => type))).toEqual(Array(5).fill("fat_ratio"));
  });

  test("WBS-MEAS-4, WBS-MEAS-14: the update time of one answer, given to the next, gives what was added or edited since", async () => {
    const { sim, ada, client, who } = await fiveDays();
    const { updateTime } = await client.measure.getMeas(who);
    expect(updateTime).toBe(START);
    sim.clock.advance(60_000);
    const backdated = ada.weighsIn({ weight: 90, at: START - 400 * DAY });
    const old = (await client.measure.getMeas({ ...who, endDate: START - 4 * DAY })).groups[0];
    ada.edits(old?.id ?? 0, { weight: 70 });
    const since = await client.measure.getMeas({ ...who, lastUpdate: START + 1 });
    expect(since.groups.map(({ id }) => id)).toEqual([old?.id, backdated.grpid]);
    expect(since.updateTime).toBe(START + 60);
  });

  test.each([
    [1, 5],
    [2, 1],
    [undefined, 6],
  ] as const)("WBS-MEAS-5: category %s gives %d groups", async (category, count) => {
    const { client, who } = await fiveDays();
    const { groups } = await client.measure.getMeas({ ...who, category });
    expect(groups).toHaveLength(count);
    if (category) expect(new Set(groups.map((group) => group.category.code))).toEqual(new Set([category]));
  });

  test("WBS-MEAS-6: a limit of 1 alone gives the newest group", async () => {
    const { client, who } = await fiveDays();
    expect(datesOf((await client.measure.getMeas({ ...who, limit: 1 })).groups)).toEqual([START]);
  });

  test("WBS-MEAS-7: an offset skips the newest", async () => {
    const { client, who } = await fiveDays();
    const { groups } = await client.measure.getMeas({ ...who, category: 1, limit: 2, offset: 1 });
    expect(datesOf(groups)).toEqual([START - DAY, START - 2 * DAY]);
  });
});

describe("a group", () => {
  test("WBS-MEAS-8: comes newest date first, whatever its id", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    for (const at of [START - 5, START - 900, START - 1, START - 300]) ada.weighsIn({ weight: 80, at });
    const { groups } = await clientOf(sim).measure.getMeas(keyOf(ada));
    expect(datesOf(groups)).toEqual([START - 1, START - 5, START - 300, START - 900]);
    const ids = groups.map(({ id }) => id);
    expect(ids).not.toEqual(ids.toSorted((a, b) => b - a));
  });

  test("WBS-MEAS-9: has id, attribution, date, category and measures", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    const { grpid } = ada.weighsIn({ weight: 81.4, comment: "after lunch" });
    expect((await clientOf(sim).measure.getMeas(keyOf(ada))).groups).toEqual([
      {
        id: grpid,
        attribution: { code: 0, name: "device" },
        measuredAt: START,
        category: { code: 1, name: "measure" },
        measures: [{ type: "weight", code: 1, value: 81.4 }],
        comment: "after lunch",
      },
    ]);
  });

  test.each([
    [0, "device"],
    [1, "ambiguous"],
    [2, "manual"],
    [4, "manual_at_creation"],
    [-1, "unknown"],
    [77, "unknown"],
  ])("WBS-MEAS-10: with attribution %d is %s", async (attribution, name) => {
    const sim = await simulate();
    const ada = sim.person("ada");
    ada.weighsIn({ weight: 80, attribution });
    const { groups } = await clientOf(sim).measure.getMeas(keyOf(ada));
    expect(groups[0]?.attribution).toEqual({ code: attribution, name });
  });

  test("WBS-MEAS-11: with a type that nobody knows keeps it, and it is reported once", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    for (const value of [1, 2]) ada.adds({ measures: [{ value, type: 4242, unit: 0 }] });
    const reports: unknown[] = [];
    const client = clientOf(sim, { onUnknown: (unknown) => reports.push(unknown) });
    const { groups } = await client.measure.getMeas(keyOf(ada));
    expect(groups.map(({ measures }) => measures[0]?.type)).toEqual(["type_4242", "type_4242"]);
    expect(reports).toEqual([{ kind: "measure_type", code: 4242 }]);
  });

  test("WBS-MEAS-12: has exact values, whatever the unit", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    const measure = fc.record({
      value: fc.maxSafeInteger(),
      type: fc.constantFrom(1, 4, 5, 6, 8),
      unit: fc.integer({ min: -22, max: 22 }),
    });
    const client = clientOf(sim);
    await fc.assert(
      fc.asyncProperty(fc.array(measure, { minLength: 1, maxLength: 30 }), async (measures) => {
        const { grpid } = ada.adds({ measures });
        const { groups } = await client.measure.getMeas({ ...keyOf(ada), limit: 1 });
        ada.deletes(grpid);
        expect(groups[0]?.measures.map(({ value }) => value)).toEqual(
          measures.map(({ value, unit }) => Number(`${value}e${unit}`)),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("WBS-MEAS-13: the two of the document's example come as the document says", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    ada.adds({ grpid: 2908, date: 1222930968, measures: [{ value: 173, type: 4, unit: -2 }] });
    ada.adds({
      grpid: 2909,
      date: 1222930968,
      measures: [
        { value: 79300, type: 1, unit: -3 },
        { value: 652, type: 5, unit: -1 },
        { value: 178, type: 6, unit: -1 },
        { value: 14125, type: 8, unit: -3 },
      ],
    });
    const { groups } = await clientOf(sim).measure.getMeas(keyOf(ada));
    expect(groups.map(({ id, measures }) => [id, measures.map(({ type, value }) => `${type} ${value}`)])).toEqual([
      [2909, ["weight 79.3", "fat_free_mass 65.2", "fat_ratio 17.8", "fat_mass 14.125"]],
      [2908, ["height 1.73"]],
    ]);
  });
});
