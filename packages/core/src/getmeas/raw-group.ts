import * as z from "zod";
import { epochSeconds } from "../http/scalars.ts";

/** Powers of ten beyond it are not exact in a double. */
export const LARGEST_UNIT = 22;

const rawMeasure = z.object({
  value: z.int(),
  type: z.int(),
  /** Power of ten that multiplies `value`. */
  unit: z.int().min(-LARGEST_UNIT).max(LARGEST_UNIT),
  /** The place on the body, from later devices. */
  position: z.unknown().optional(),
});

/** A measuregrp as both generations send it, where it fits; what does not is mended or left out by itself. */
export const rawGroup = z.object({
  /** Unique, but does not grow with time. */
  grpid: z.int(),
  /** An open list; -1 was seen. */
  attrib: z.int(),
  /** When it was measured. */
  date: epochSeconds,
  category: z.int(),
  measures: z.array(rawMeasure),
  /** The model of the device, from later servers; they wrote it in two ways. */
  modelid: z.unknown().optional(),
  model_id: z.unknown().optional(),
  /** Only where the user wrote one. */
  comment: z.string().nullish(),
});

export type RawMeasure = z.output<typeof rawMeasure>;
export type RawGroup = z.output<typeof rawGroup>;
