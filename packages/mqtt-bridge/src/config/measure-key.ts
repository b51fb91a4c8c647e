import { measureTypes, typeOfKey } from "@weighbridge/core";
import * as z from "zod";

/** Values that follow from a weight, and would tell it. */
export const DERIVED_KEYS = ["bmi", "change", "trend", "target", "to_target"] as const;

const NAMES: ReadonlySet<string> = new Set([...[...measureTypes.values()].map(({ id }) => id), ...DERIVED_KEYS]);

/** A measure as topics name it; segments and codes that nobody knows yet, too. */
export const measureKey = z
  .string()
  .refine(
    (key) => NAMES.has(key) || NAMES.has(typeOfKey(key)) || /^type_\d+/.test(key),
    "must be a measure as topics name it, such as heart_pulse, bmi or type_99",
  );
