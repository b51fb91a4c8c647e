import { describe, expect, test } from "vitest";
import { Format } from "../../../src/admin/page/format.ts";

const now = new Date(2026, 10, 28, 12, 0, 0);
const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5, 0);
/** Without the spaces that keep a number and its unit in one line. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("numbers and times on the page", () => {
  const english = new Format("en", ["en-GB"]);
  const german = new Format("de", ["en-GB"]);
  const french = new Format("fr", ["fr-CA"]);

  test.each([
    [68.45, "kg", "68.45 kg"],
    [68, "kg", "68.0 kg"],
    [150.94, "lb", "150.9 lb"],
    [22.4, "%", "22.4 %"],
    [24.3, "", "24.3"],
    [10.78, "st", "10 st 10.9 lb"],
    // Rounded before it is split: 13.96 pounds are a stone.
    [10.9999, "st", "11 st 0.0 lb"],
    [-0.018, "st", "−0.3 lb"],
  ])("%d %s reads %s", (value, unit, words) => {
    expect(plain(english.value(value, unit))).toBe(words);
  });

  test("a change has its sign, and no change has none", () => {
    expect(plain(english.change(-0.25, "kg"))).toBe("−0.25 kg");
    expect(plain(german.change(0.25, "kg"))).toBe("+0,25 kg");
    expect(plain(english.change(0, "kg"))).toBe("0.0 kg");
  });

  test("marks of an axis have the same decimals", () => {
    expect(english.alike([68, 68.25, 68.5])).toEqual(["68.00", "68.25", "68.50"]);
    expect(english.alike([60, 70])).toEqual(["60", "70"]);
  });

  test("a time is said as near as it is", () => {
    expect(english.day(at(28, 7), now)).toBe("today, 07:05");
    expect(german.day(at(27, 7), now)).toBe("gestern, 07:05");
    expect(plain(french.day(at(20, 7), now))).toContain("20 nov. 2026");
    expect(english.ago(at(28, 9), now)).toBe("2 hours ago");
    expect(english.ago(now, now)).toBe("now");
    expect(german.ago(new Date(now.getTime() + 12 * 60_000), now)).toBe("in 12 Minuten");
  });
});
