import fc from "fast-check";
import { expect, test } from "vitest";
import { exact } from "../../src/domain/exact.ts";

const unit = fc.integer({ min: -22, max: 22 });

test("WBS-MEAS-12: every safe integer times every power is the double nearest to the decimal", () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger()), unit, (value, power) => {
      expect(exact(value, power)).toBe(Number(`${value}e${power}`));
    }),
    { numRuns: 20_000 },
  );
});

test("WBS-MEAS-12: no weight from 30.000 to 150.000 kg gets noise digits", () => {
  const noisy: string[] = [];
  for (let grams = 30_000; grams <= 150_000; grams++) {
    const text = String(exact(grams, -3));
    if (text !== String(Number(`${grams}e-3`)) || text.length > 7) noisy.push(text);
  }
  expect(noisy).toEqual([]);
});

test.each([
  [79300, -3, 79.3],
  [652, -1, 65.2],
  [178, -1, 17.8],
  [14125, -3, 14.125],
  [173, -2, 1.73],
  [62, 0, 62],
  [7, 2, 700],
  [-1000, -3, -1],
])("WBS-MEAS-12: %d with unit %d is %d", (value, power, expected) => {
  expect(exact(value, power)).toBe(expected);
});
