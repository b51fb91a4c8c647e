import * as z from "zod";
import { decimal } from "../../http/scalars.ts";

export const getMeasRequest = z
  .strictObject({
    /** 1: measures. Goals have a call of their own. */
    category: z.literal("1"),
    /** Measured at or after, epoch seconds. */
    startdate: decimal.optional(),
    /** Measured at or before. */
    enddate: decimal.optional(),
    /** Added or modified since. */
    lastupdate: decimal.optional(),
    /** That of the page before. */
    offset: decimal.optional(),
  })
  .refine(({ lastupdate, startdate, enddate }) => lastupdate === undefined || (startdate ?? enddate) === undefined, {
    path: ["lastupdate"],
    error: "goes with neither startdate nor enddate",
  });

/** Groups are looked at one by one. */
const page = z.object({
  /** Not the service's clock. A string in the document, a number in answers. */
  updatetime: z.unknown().optional(),
  measuregrps: z.array(z.unknown()).nullish(),
  /** 0, 1, true, false or absent. */
  more: z.unknown().optional(),
  offset: z.unknown().optional(),
});

/** An empty page may come as no body at all, as null or as an empty list. */
export const getMeasBody = z.union([page, z.array(z.never()), z.null(), z.undefined()]);

export const confirmUserRequest = z.strictObject({ grpid: decimal, is_confirmed: z.enum(["0", "1"]) });
