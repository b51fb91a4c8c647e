import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalOf, difference, rounded, roundedQuotient } from "../../src/domain/decimal.ts";

const of = (value: number) => {
  const decimal = decimalOf(value);
  if (decimal === undefined) throw new Error(`${value} is no decimal`);
  return decimal;
};

describe("a decimal", () => {
  test.each([
    [20.95, 1, 21],
    [-20.95, 1, -21],
    [1.005, 2, 1.01],
    [0.0005, 3, 0.001],
    [-0.0004, 3, 0],
    [1e-7, 3, 0],
    [1e21, 1, 1e21],
    [69.35, 1, 69.4],
  ])("%d to %d places is %d", (value, places, expected) => {
    expect(rounded(of(value), places)).toBe(expected);
  });

  test("a difference has no noise of binary fractions", () => {
    expect(rounded(difference(of(80.3), of(80.1)), 3)).toBe(0.2);
    expect(rounded(difference(of(80.1), of(80.1)), 3)).toBe(0);
  });

  test("a quotient is rounded once, from its exact value", () => {
    expect(roundedQuotient(of(30.168), of(1.44), 1)).toBe(21);
    expect(roundedQuotient(of(1), of(3), 4)).toBe(0.3333);
    expect(roundedQuotient(of(-2), of(3), 2)).toBe(-0.67);
  });

  test("every whole number of grams comes back unchanged", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (grams) => {
        expect(rounded(of(grams / 1000), 3)).toBe(grams / 1000);
      }),
    );
  });

  test("what is no number has no decimal", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) expect(decimalOf(value)).toBeUndefined();
  });
});
