import * as z from "zod";

/** A whole number ≥ 0 in decimal digits, as parameters travel; at most 15 digits, so that it is exact as a number. */
export const decimal = z.string().regex(/^\d{1,15}$/, "must be a whole number in decimal digits");

/** A whole number > 0 in decimal digits. */
export const positiveDecimal = z.string().regex(/^[1-9]\d{0,14}$/, "must be a whole number above 0 in decimal digits");
