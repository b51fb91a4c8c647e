import { describe, expect, test } from "vitest";
import { attributions, categories } from "../../src/domain/attributions.ts";
import { measureType, measureTypes } from "../../src/domain/measure-types.ts";

describe("measure types", () => {
  test.each([
    [1, "weight", "kg"],
    [4, "height", "m"],
    [5, "fat_free_mass", "kg"],
    [6, "fat_ratio", "%"],
    [8, "fat_mass", "kg"],
  ])("WBS-MEAS-11: type %d is %s in %s", (code, id, unit) => {
    expect(measureType(code)).toMatchObject({ code, id, unit });
  });

  test("WBS-MEAS-11: a type that nobody knows has a name made of its code", () => {
    expect(measureType(9999)).toEqual({ code: 9999, id: "type_9999", name: "Measure type 9999", unit: "", digits: 3 });
  });

  test("every id is there once, and fit for a topic", () => {
    const ids = [...measureTypes.values()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9_]*$/);
  });
});

test.each([
  [0, "device"],
  [1, "ambiguous"],
  [2, "manual"],
  [4, "manual_at_creation"],
])("WBS-MEAS-10: attribution %d is %s", (code, name) => {
  expect(attributions.get(code)).toEqual({ code, name });
});

test("WBS-MEAS-5: category 1 is a measure, 2 a target", () => {
  expect([...categories.values()]).toEqual([
    { code: 1, name: "measure" },
    { code: 2, name: "target" },
  ]);
});
