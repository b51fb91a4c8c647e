import * as z from "zod";
import { decimal, epochSeconds, positiveDecimal } from "../../http/scalars.ts";
import { wbsCredentials } from "./credentials.ts";

/** Powers of ten beyond it are not exact in a double. */
export const LARGEST_UNIT = 22;

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

const wbsMeasure = z.object({
  value: z.int(),
  type: z.int(),
  /** Power of ten that multiplies `value`. */
  unit: z.int().min(-LARGEST_UNIT).max(LARGEST_UNIT),
});

/** One group that fits; what does not is mended or left out by itself. */
export const wbsMeasureGroup = z.object({
  /** Unique, but does not grow with time. */
  grpid: z.int(),
  /** An open list; -1 was seen. */
  attrib: z.int(),
  /** When it was measured. */
  date: epochSeconds,
  category: z.int(),
  measures: z.array(wbsMeasure),
  /** The model of the device, from later servers; they wrote it in two ways. */
  modelid: z.unknown().optional(),
  model_id: z.unknown().optional(),
  /** Only where the user wrote one. */
  comment: z.string().nullish(),
});

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

export type WbsMeasure = z.output<typeof wbsMeasure>;
export type WbsMeasureGroup = z.output<typeof wbsMeasureGroup>;
