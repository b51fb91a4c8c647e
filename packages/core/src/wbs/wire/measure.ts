import * as z from "zod";
import { decimal, positiveDecimal } from "../../http/scalars.ts";
import { wbsCredentials } from "./credentials.ts";

export const wbsGetMeasRequest = z
  .strictObject({
    ...wbsCredentials,
    /** Measured at or after, epoch seconds. */
    startdate: decimal.optional(),
    /** Measured at or before. */
    enddate: decimal.optional(),
    /** Added or modified since, whatever the measuring date. */
    lastupdate: decimal.optional(),
    meastype: positiveDecimal.optional(),
    /** 1 measures, 2 objectives; absent: both. */
    category: z.enum(["1", "2"]).optional(),
    /** Groups per answer, newest first; legal without an offset. */
    limit: positiveDecimal.optional(),
    /** Skips so many of the newest groups. Servers took this name, the document says `offsetby`: send both, equal. */
    offset: decimal.optional(),
    offsetby: decimal.optional(),
  })
  .refine(
    ({ offset, offsetby }) => offset === undefined || offsetby === undefined || Number(offset) === Number(offsetby),
    { path: ["offsetby"], error: "must equal offset" },
  );

/** Groups are looked at one by one. */
const wbsPage = z.object({
  /** The server's clock, epoch seconds; later servers wrote it as a string. */
  updatetime: z.unknown().optional(),
  measuregrps: z.array(z.unknown()).nullish(),
  /** Absent when all was returned. Servers disagree on what its number means: only whether it is truthy counts. */
  more: z.unknown().optional(),
});

/** An empty page may come as no body at all, as null or as an empty list. */
export const wbsGetMeasBody = z.union([wbsPage, z.array(z.never()), z.null(), z.undefined()]);
