import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { UnknownCode } from "../../src/domain/unknown-code.ts";
import { decodeMeasurePage } from "../../src/wbs/decode/measure-page.ts";
import { wbsServices } from "../../src/wbs/wire/services.ts";
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

test("an answer that does not fit names the place", () => {
  const broken = bodyOf(group, { ...group, measures: [{ value: 1.5, type: 1, unit: 0 }] });
  expect(() => decodeMeasurePage(broken)).toThrow(
    expect.objectContaining({
      issues: [expect.objectContaining({ path: ["measuregrps", 1, "measures", 0, "value"] })],
    }),
  );
});

test("decoding leaves what it reads as it was", () => {
  const before = structuredClone(exampleAnswer);
  decodeMeasurePage(exampleAnswer.body);
  expect(exampleAnswer).toEqual(before);
});

test("the schema of a page can be compiled: it never silently falls back to the slow parser", () => {
  expect(() => z.compile(wbsServices.measure.getmeas.body, { strict: true })).not.toThrow();
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
