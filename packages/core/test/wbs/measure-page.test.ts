import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { UnknownCode } from "../../src/domain/unknown-code.ts";
import { rawGroup } from "../../src/getmeas/raw-group.ts";
import { decodeMeasurePage } from "../../src/wbs/decode/measure-page.ts";
import { exampleAnswer } from "../support/example-answer.ts";

const group = { grpid: 1, attrib: 0, date: 5, category: 1, measures: [{ value: 80, type: 1, unit: 0 }] };
const bodyOf = (...groups: readonly object[]) => ({ updatetime: 9, measuregrps: groups });

test("WBS-MEAS-13: the document's example decodes whole, both groups", () => {
  expect(decodeMeasurePage(exampleAnswer.body)).toEqual({
    updateTime: 1249409679,
    groups: [
      {
        id: 2909,
        attribution: { code: 0, name: "device" },
        measuredAt: 1222930968,
        category: { code: 1, name: "measure" },
        measures: [
          { type: "weight", code: 1, value: 79.3 },
          { type: "fat_free_mass", code: 5, value: 65.2 },
          { type: "fat_ratio", code: 6, value: 17.8 },
          { type: "fat_mass", code: 8, value: 14.125 },
        ],
      },
      {
        id: 2908,
        attribution: { code: 0, name: "device" },
        measuredAt: 1222930968,
        category: { code: 1, name: "measure" },
        measures: [{ type: "height", code: 4, value: 1.73 }],
      },
    ],
  });
});

test("WBS-MEAS-12: the unit may differ between two measures of one type", () => {
  const measures = [
    { value: 793, type: 1, unit: -1 },
    { value: 79300, type: 1, unit: -3 },
  ];
  const values = decodeMeasurePage(bodyOf({ ...group, measures })).groups[0]?.measures.map(({ value }) => value);
  expect(values).toEqual([79.3, 79.3]);
});

describe("unknown codes", () => {
  test("WBS-MEAS-10, WBS-MEAS-11: are kept as data, and told", () => {
    const told: UnknownCode[] = [];
    const strange = { ...group, attrib: -1, category: 9, measures: [{ value: -1000, type: 18, unit: -3 }] };
    expect(decodeMeasurePage(bodyOf(strange), (unknown) => told.push(unknown)).groups[0]).toMatchObject({
      attribution: { code: -1, name: "unknown" },
      category: { code: 9, name: "unknown" },
      measures: [{ type: "type_18", code: 18, value: -1 }],
    });
    expect(new Set(told)).toEqual(
      new Set([
        { kind: "attribution", code: -1 },
        { kind: "category", code: 9 },
        { kind: "measure_type", code: 18 },
      ]),
    );
  });
});

test("a comment is kept where there is one", () => {
  const { groups } = decodeMeasurePage(bodyOf({ ...group, comment: "after lunch" }, { ...group, comment: null }));
  expect(groups.map((decoded) => "comment" in decoded)).toEqual([true, false]);
  expect(groups[0]?.comment).toBe("after lunch");
});

test("fields that nobody described do no harm", () => {
  const modern = { ...group, deviceid: null, model: "Body", measures: [{ value: 8, type: 1, unit: 1, algo: 0 }] };
  expect(decodeMeasurePage({ ...bodyOf(modern), timezone: "Europe/Paris" }).groups).toHaveLength(1);
});

test.each([
  [{}, undefined],
  [{ more: 0 }, false],
  [{ more: false }, false],
  [{ more: 1 }, true],
  [{ more: 370 }, true],
  [{ more: true }, true],
])("more: %j means %j", (more, expected) => {
  expect(decodeMeasurePage({ ...bodyOf(group), ...more }).hasMore).toBe(expected);
});

test("WBS-MEAS-14: the server's time is read as number and as string", () => {
  expect(decodeMeasurePage({ ...bodyOf(), updatetime: "1249409679" }).updateTime).toBe(1249409679);
});

test("an answer that is no page names the place", () => {
  expect(() => decodeMeasurePage("maintenance")).toThrow(expect.objectContaining({ issues: [expect.anything()] }));
});

const without = (field: string) => Object.fromEntries(Object.entries(group).filter(([name]) => name !== field));
const valued = (value: unknown, unit: unknown = 0, type: unknown = 1) => ({
  ...group,
  measures: [{ value, type, unit }],
});
const decoded = {
  id: 1,
  measuredAt: 5,
  attribution: { code: 0, name: "device" },
  category: { code: 1, name: "measure" },
};
const weighing = (value: number) => ({ ...decoded, measures: [{ type: "weight", code: 1, value }] });

describe("a group that does not fit", () => {
  test.each<[string, object, object]>([
    ["without an attribution is a device's", without("attrib"), weighing(80)],
    ["with null as attribution is a device's", { ...group, attrib: null }, weighing(80)],
    ["without a category is a measure", without("category"), weighing(80)],
    ["with its id in quotes keeps it", { ...group, grpid: "1" }, weighing(80)],
    ["with its date in quotes keeps it", { ...group, date: "5" }, weighing(80)],
    ["with a value in quotes keeps it", valued("80100", -3), weighing(80.1)],
    ["with unit and type in quotes keeps them", valued(80100, "-3", "1"), weighing(80.1)],
    ["with a decimal value keeps it exactly", valued(80.1), weighing(80.1)],
    ["with a decimal value and a unit keeps it exactly", valued(801.25, -1), weighing(80.125)],
    ["with a comment that is no text loses the comment", { ...group, comment: 7 }, weighing(80)],
  ])("%s", (_, broken, expected) => {
    const losses: unknown[] = [];
    const page = decodeMeasurePage(bodyOf(broken), undefined, (skipped) => losses.push(skipped));
    expect(page).toEqual({ groups: [expected], updateTime: 9 });
    expect(losses).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["without an id", without("grpid"), "grpid"],
    ["with an id that no double holds", { ...group, grpid: 2 ** 53 }, "grpid"],
    ["with a word as id", { ...group, grpid: "one" }, "grpid"],
    ["without a date", without("date"), "date"],
    ["dated beyond the year 9999", { ...group, date: 9e15 }, "date"],
    ["dated before the year 1", { ...group, date: -9e15 }, "date"],
    ["with a word as attribution", { ...group, attrib: "ada" }, "attrib"],
    ["without measures", without("measures"), "measures"],
    ["whose only value is null", valued(null), "measures.value"],
    ["whose only value is an object", valued({}), "measures.value"],
    ["whose only value has no unit", valued(80, null), "measures.unit"],
    ["whose only value has a unit beyond a double", valued(80, 25), "measures.unit"],
    ["whose only value has no type", valued(80, 0, null), "measures.type"],
    ["that is null", null, "measuregrps"],
    ["that is a list", [], "measuregrps"],
  ])("%s is left out, counted, and the others stay", (_, broken, field) => {
    const losses: unknown[] = [];
    const body = { updatetime: 9, measuregrps: [group, broken, { ...group, grpid: 2 }] };
    const page = decodeMeasurePage(body, undefined, (skipped) => losses.push(skipped));
    expect(page.groups.map(({ id }) => id)).toEqual([1, 2]);
    expect(page.skipped).toBe(1);
    expect(losses).toEqual([{ groups: 1, values: 0, field }]);
  });

  test("loses only the values that cannot be read", () => {
    const losses: unknown[] = [];
    const measures = [...group.measures, { value: null, type: 6, unit: 0 }];
    const page = decodeMeasurePage(bodyOf({ ...group, measures }), undefined, (skipped) => losses.push(skipped));
    expect(page).toEqual({ groups: [weighing(80)], updateTime: 9 });
    expect(losses).toEqual([{ groups: 0, values: 1, field: "measures.value" }]);
  });

  test("takes next to nothing, also 200 000 times", () => {
    const measuregrps = Array.from({ length: 200_000 }, () => ({}));
    const before = process.memoryUsage().heapUsed;
    expect(decodeMeasurePage({ measuregrps })).toEqual({ groups: [], skipped: 200_000 });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });
});

test.each([[undefined], [null], ["soon"], [9e15], [1e300], [-9e15], [1.5], [{}]])(
  "an answer whose updatetime reads %j has its groups, and no time",
  (updatetime) => {
    expect(decodeMeasurePage({ ...bodyOf(group), updatetime })).toEqual({ groups: [weighing(80)] });
  },
);

test("decoding leaves what it reads as it was", () => {
  const before = structuredClone(exampleAnswer);
  decodeMeasurePage(exampleAnswer.body);
  expect(exampleAnswer).toEqual(before);
});

test("the schema of a group can be compiled: it never silently falls back to the slow parser", () => {
  expect(() => z.compile(rawGroup, { strict: true })).not.toThrow();
});

test("groups survive JSON unchanged", () => {
  const measure = fc.record({ value: fc.integer(), type: fc.nat(300), unit: fc.integer({ min: -22, max: 22 }) });
  const anyGroup = fc.record({
    grpid: fc.maxSafeInteger(),
    attrib: fc.integer(),
    date: fc.nat(),
    category: fc.nat(3),
    measures: fc.array(measure, { maxLength: 4 }),
    comment: fc.option(fc.string()),
  });
  fc.assert(
    fc.property(fc.array(anyGroup, { maxLength: 5 }), (groups) => {
      const page = decodeMeasurePage(bodyOf(...groups));
      expect(JSON.parse(JSON.stringify(page))).toEqual(page);
      expect(page.groups.map(({ id }) => id)).toEqual(groups.map(({ grpid }) => grpid));
    }),
  );
});

test.each([
  [{ modelid: 6 }, 6],
  [{ model_id: 10 }, 10],
  [{ modelid: null }, undefined],
  [{ modelid: "Body" }, undefined],
])("the model of the device in %j is %s", (fields, expected) => {
  const group = {
    grpid: 1,
    attrib: 0,
    date: 1_000,
    category: 1,
    measures: [{ value: 80, type: 1, unit: 0 }],
    ...fields,
  };
  const { groups } = decodeMeasurePage({ updatetime: 1_000, measuregrps: [group] });
  expect(groups[0]?.modelId).toBe(expected);
});
