import { describe, expect, test } from "vitest";
import { CallError } from "../src/shared/call-error.ts";
import { choice, flag, moment, needed, text, wholeNumber } from "../src/shared/fields.ts";

/** 2026-03-01T07:00:00Z. */
const NOW = 1_772_348_400_000;

describe("a moment", () => {
  test.each([
    [1_772_348_400, 1_772_348_400],
    ["1772348400", 1_772_348_400],
    [NOW, 1_772_348_400],
    ["2026-03-01T07:00:00Z", 1_772_348_400],
    ["2026-03-01", 1_772_323_200],
    [new Date(NOW), 1_772_348_400],
    ["now", 1_772_348_400],
    ["-7d", 1_771_743_600],
    ["-90m", 1_772_343_000],
    [0, 0],
  ])("%s is %s", (given, seconds) => {
    expect(moment("startdate", given, NOW)).toBe(seconds);
  });

  test.each([undefined, null, "", "  "])("that is blank (%s) is none", (given) => {
    expect(moment("startdate", given, NOW)).toBeUndefined();
  });

  test.each(["yesterday", "-7x", -1, Number.NaN, {}, true])("%s is refused by name, without its value", (given) => {
    expect(() => moment("startdate", given, NOW)).toThrow(CallError);
    expect(() => moment("startdate", given, NOW)).toThrow(/^startdate is not a moment/);
  });
});

describe("a number", () => {
  test("is whole, and not below its least", () => {
    expect(wholeNumber("limit", "5", 1)).toBe(5);
    expect(wholeNumber("offset", 0, 0)).toBe(0);
    expect(wholeNumber("limit", "", 1)).toBeUndefined();
    for (const wrong of [0, "0", 1.5, "many", Number.POSITIVE_INFINITY, true, []])
      expect(() => wholeNumber("limit", wrong, 1)).toThrow("limit is not a whole number from 1 up");
  });
});

describe("a word", () => {
  test("is one of the list, the first one where it is blank", () => {
    expect(choice("output", "latest", ["message", "latest"])).toBe("latest");
    expect(choice("output", "", ["message", "latest"])).toBe("message");
    expect(() => choice("output", "last", ["message", "latest"])).toThrow("output is not one of message, latest");
  });
});

describe("a flag", () => {
  test.each([
    [true, true],
    ["true", true],
    ["1", true],
    [1, true],
    ["False", false],
    [0, false],
    ["", undefined],
  ])("%s is %s", (given, value) => {
    expect(flag("onlynew", given)).toBe(value);
  });

  test("refuses anything else", () => {
    expect(() => flag("onlynew", "yes please")).toThrow("onlynew is not true or false");
  });
});

test("a text that is a secret in the wrong place is not repeated", () => {
  expect(() => text("email", { secret: "bozo" })).toThrow("email is not a text");
  expect(() => needed("email", undefined)).toThrow("email is missing");
});
