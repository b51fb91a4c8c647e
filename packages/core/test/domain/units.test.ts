import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatWeight,
  kilogramsTo,
  kilogramsToStonesAndPounds,
  metresToFeetAndInches,
} from "../../src/domain/units.ts";

const grams = fc.integer({ min: 0, max: 500_000 });

describe("mass", () => {
  test("WBS-MEAS-15: kilograms come back untouched", () => {
    fc.assert(fc.property(grams, (g) => kilogramsTo("kg", g / 1000) === g / 1000));
  });

  test("WBS-MEAS-15: the pound and the stone are exact by definition", () => {
    expect(kilogramsTo("lb", 0.45359237)).toBe(1);
    expect(kilogramsTo("st", 6.35029318)).toBe(1);
    expect(kilogramsTo("lb", 79.3)).toBeCloseTo(174.8266, 4);
    expect(kilogramsTo("st", 79.3)).toBeCloseTo(12.4876, 4);
  });

  test.each([
    [79.3, "kg", "79.3 kg"],
    [69.35, "kg", "69.4 kg"],
    [79.3, "lb", "174.8 lb"],
    [79.3, "st", "12 st 6.8 lb"],
    [88.9, "st", "14 st 0.0 lb"],
    [-1.2, "st", "-2.6 lb"],
  ] as const)("WBS-MEAS-15: %d kg in %s reads %s", (kilograms, unit, expected) => {
    expect(formatWeight(kilograms, unit)).toBe(expected);
  });

  test("WBS-MEAS-15: pounds never show as a whole stone, and add up to the mass", () => {
    fc.assert(
      fc.property(grams, (g) => {
        const { stones, pounds } = kilogramsToStonesAndPounds(g / 1000);
        expect(Number.isInteger(stones)).toBe(true);
        expect(pounds).toBeLessThan(14);
        expect(Math.abs(stones * 14 + pounds - kilogramsTo("lb", g / 1000))).toBeLessThan(0.0501);
      }),
    );
  });
});

describe("length", () => {
  test.each([
    [1.73, { feet: 5, inches: 8.1 }],
    [1.8288, { feet: 6, inches: 0 }],
    [1.8287, { feet: 6, inches: 0 }],
    [0, { feet: 0, inches: 0 }],
  ])("WBS-MEAS-15: %d m is %j", (metres, expected) => {
    expect(metresToFeetAndInches(metres)).toEqual(expected);
  });

  test("WBS-MEAS-15: inches never show as a whole foot, and add up to the length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), (millimetres) => {
        const { feet, inches } = metresToFeetAndInches(millimetres / 1000);
        expect(inches).toBeLessThan(12);
        expect(Math.abs(feet * 12 + inches - millimetres / 25.4)).toBeLessThan(0.0501);
      }),
    );
  });
});
