import fc from "fast-check";
import { expect, test } from "vitest";
import { type Point, thinned } from "../../src/admin/thin.ts";

const series = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.double({ min: -100, max: 300, noNaN: true })), {
    maxLength: 400,
  })
  .map((points) => points.toSorted((a, b) => a[0] - b[0]));

test("a thinned series has no more points than asked for, ascending, and all of them are real", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 100 }), (points, most) => {
      const thin = thinned(points, most);
      expect(thin.length).toBeLessThanOrEqual(most);
      expect(thin.every((point) => points.some((one) => one === point))).toBe(true);
      expect(thin.map(([at]) => at)).toEqual(thin.map(([at]) => at).toSorted((a, b) => a - b));
    }),
  );
});

test("the first and the last, the lowest and the highest point stay", () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 4, max: 100 }), (points, most) => {
      const values = (some: readonly Point[]) => some.map(([, value]) => value);
      const thin = thinned(points, most);
      expect([thin[0], thin.at(-1)]).toEqual([points[0], points.at(-1)]);
      expect(Math.min(...values(thin))).toBe(Math.min(...values(points)));
      expect(Math.max(...values(thin))).toBe(Math.max(...values(points)));
    }),
  );
});

test("a series that fits stays as it is", () => {
  const points: Point[] = [
    [1, 70],
    [2, 71],
  ];
  expect(thinned(points, 2)).toBe(points);
});
