import { describe, expect, test } from "vitest";
import { attributions, categories } from "../../src/domain/attributions.ts";
import { detailOfKey, valueNames } from "../../src/domain/code-names.ts";
import { typeOfKey } from "../../src/domain/masses.ts";
import { measureType, measureTypes } from "../../src/domain/measure-types.ts";

test("PUB-MEAS-14: every place of 0 to 31 has a name, a place beyond is a number, and so has every code of 130", () => {
  const names = Array.from({ length: 32 }, (_, place) => detailOfKey(`fat_mass_${place}`, "fat_mass"));
  expect(names.filter((name) => !/^[a-z][a-z0-9 ]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(32);
  expect(detailOfKey("fat_mass_32", "fat_mass")).toBe("place 32");
  expect(detailOfKey("fat_mass", "fat_mass")).toBe("");
  expect(Object.keys(valueNames[measureType(130).id] ?? {})).toEqual(
    Array.from({ length: 14 }, (_, code) => `${code}`),
  );
});

test.each([
  ["fat_mass", "fat_mass"],
  ["segmental_fat_mass_12", "segmental_fat_mass"],
  ["pulse_wave_velocity_5_companion", "pulse_wave_velocity"],
  ["pulse_wave_velocity_attribution_10", "pulse_wave_velocity"],
  ["weight_model_13", "weight"],
  ["type_900_4", "type_900"],
  ["nonsense_1", "nonsense_1"],
])("the key %s is of the type %s", (key, type) => {
  expect(typeOfKey(key)).toBe(type);
});

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
