import * as z from "zod";

/** A whole number ≥ 0 in decimal digits, as parameters travel; at most 15 digits, so that it is exact as a number. */
export const decimal = z.string().regex(/^\d{1,15}$/, "must be a whole number in decimal digits");

/** A whole number > 0 in decimal digits. */
export const positiveDecimal = z.string().regex(/^[1-9]\d{0,14}$/, "must be a whole number above 0 in decimal digits");

/** 0001-01-01 to 9999-12-31, epoch seconds: what a date with four digits of a year can show. Nothing beyond it ever leaves the wire layer. */
const EARLIEST_S = -62_135_596_800;
const LATEST_S = 253_402_300_799;

/** A moment in epoch seconds that can be shown as a date. */
export const epochSeconds = z.int().min(EARLIEST_S).max(LATEST_S);

/** A whole number that arrives as such or in decimal digits; undefined for anything else. Exact: beyond ±(2^53 − 1) it is undefined. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

/** Like `epochSeconds`, but reads digits too; undefined where there is no such moment. */
export function momentOf(value: unknown): number | undefined {
  const seconds = wholeNumber(value);
  return seconds !== undefined && seconds >= EARLIEST_S && seconds <= LATEST_S ? seconds : undefined;
}
