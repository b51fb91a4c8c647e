import { group } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { beforeNow, Hours } from "../../src/history/hours.ts";
import { conversionTo } from "../../src/history/units.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

function hoursOf(...groups: Parameters<typeof group>[0][]): Hours {
  const hours = new Hours(1_000 * DAY);
  for (const sketch of groups) hours.add(group(sketch));
  return hours;
}

test("values of one hour become its mean, least and greatest, at the top of the hour", () => {
  const hours = hoursOf(
    { id: 1, at: DAY + 60, values: { weight: 80 } },
    { id: 2, at: DAY + 3_599, values: { weight: 81, fat_ratio: 20 } },
    { id: 3, at: DAY + 3_600, values: { weight: 79.5 } },
  );
  expect(hours.of("weight")).toEqual([
    { start: DAY, mean: 80.5, min: 80, max: 81 },
    { start: DAY + HOUR, mean: 79.5, min: 79.5, max: 79.5 },
  ]);
  expect(hours.of("fat_ratio")).toEqual([{ start: DAY, mean: 20, min: 20, max: 20 }]);
  expect(hours.of("heart_pulse")).toEqual([]);
});

test("BMI and trend follow from what was known by then", () => {
  const hours = hoursOf(
    { id: 1, at: DAY, values: { weight: 80 } },
    { id: 2, at: 2 * DAY, values: { height: 2 } },
    { id: 3, at: 9 * DAY, values: { weight: 100 } },
  );
  expect(hours.of("bmi")).toMatchObject([{ start: 9 * DAY, mean: 25 }]);
  const [first, second] = hours.of("trend");
  expect(first).toMatchObject({ mean: 80 });
  expect(second?.mean).toBeGreaterThan(90);
  expect(second?.mean).toBeLessThan(100);
});

test("targets, what is no weight, and what comes too late are left out", () => {
  const hours = new Hours(5 * DAY);
  for (const sketch of [
    { id: 1, at: DAY, target: true, values: { weight: 70 } },
    { id: 2, at: DAY, values: { weight: 0 } },
    { id: 3, at: 5 * DAY, values: { weight: 80 } },
  ])
    hours.add(group(sketch));
  expect(hours.keys()).toEqual([]);
});

test("of two values in one second the first counts", () => {
  const hours = hoursOf(
    { id: 1, at: DAY, values: { pulse_wave_velocity: 7 } },
    { id: 2, at: DAY, values: { pulse_wave_velocity: 9 } },
  );
  expect(hours.of("pulse_wave_velocity")).toMatchObject([{ mean: 7, max: 7 }]);
});

test("the running hour and the one before it belong to Home Assistant", () => {
  expect(beforeNow(10 * HOUR + 5)).toBe(9 * HOUR);
  expect(beforeNow(10 * HOUR)).toBe(9 * HOUR);
});

test.each([
  ["weight", "kg", 80, 80, "mass"],
  ["weight", "lb", 80, 176.36981, "mass"],
  ["trend", "st", 80, 12.597844, "mass"],
  ["segmental_fat_mass_3", "g", 4.25, 4_250, "mass"],
  ["height", "ft", 1.8288, 6, "distance"],
  ["body_temperature", "°F", 37, 98.6, "temperature"],
  ["fat_ratio", "%", 22.4, 22.4, "unitless"],
  ["heart_pulse", "bpm", 61, 61, null],
] as const)("%s in %s", (key, unit, value, wanted, unitClass) => {
  const conversion = conversionTo(unit, key);
  expect(conversion?.unitClass).toBe(unitClass);
  expect(conversion?.convert(value)).toBe(wanted);
});

test("a unit that nobody knows is none", () => {
  expect(conversionTo("catty", "weight")).toBeUndefined();
  expect(conversionTo(null, "height")).toBeUndefined();
});
