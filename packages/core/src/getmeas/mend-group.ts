import { momentOf, wholeNumber } from "../http/scalars.ts";
import { LARGEST_UNIT, type RawGroup, type RawMeasure } from "./raw-group.ts";

/** As in nearly every group; the founding document has both fields in each. */
const DEFAULTS = { attrib: 0, category: 1 } as const;

/** Counts what is left out of one answer, and remembers the first reason. */
export interface Losses {
  values: number;
  field: string | undefined;
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A group that does not fit, put right where only one reading is possible: digits in quotes, a decimal value, an absent attribution or
 * category. A value that stays unreadable is left out; undefined where nothing of the group can be used.
 */
export function mendGroup(raw: unknown, losses: Losses): RawGroup | undefined {
  const lost = (field: string) => {
    losses.field ??= field;
    return undefined;
  };
  if (!isObject(raw)) return lost("measuregrps");
  const grpid = wholeNumber(raw["grpid"]);
  if (grpid === undefined) return lost("grpid");
  const date = momentOf(raw["date"]);
  if (date === undefined) return lost("date");
  const attrib = wholeNumber(raw["attrib"] ?? DEFAULTS.attrib);
  if (attrib === undefined) return lost("attrib");
  const category = wholeNumber(raw["category"] ?? DEFAULTS.category);
  if (category === undefined) return lost("category");
  if (!Array.isArray(raw["measures"])) return lost("measures");
  const measures: RawMeasure[] = [];
  for (const one of raw["measures"]) {
    const measure = mendMeasure(one, losses);
    if (measure) measures.push(measure);
  }
  const left = raw["measures"].length - measures.length;
  if (left > 0 && measures.length === 0) return undefined;
  losses.values += left;
  const { comment, modelid, model_id } = raw;
  return {
    ...{ grpid, date, attrib, category, measures, modelid, model_id },
    ...(typeof comment === "string" && { comment }),
  };
}

function mendMeasure(raw: unknown, losses: Losses): RawMeasure | undefined {
  const { value, type, unit, position } = isObject(raw) ? raw : {};
  const code = wholeNumber(type);
  const exponent = wholeNumber(unit);
  const whole = mantissaOf(value);
  if (code !== undefined && exponent !== undefined && whole !== undefined) {
    const sum = exponent + whole.exponent;
    if (Math.abs(sum) <= LARGEST_UNIT) return { type: code, value: whole.value, unit: sum, position };
  }
  const field = code === undefined ? "type" : whole === undefined ? "value" : "unit";
  losses.field ??= `measures.${field}`;
  return undefined;
}

/** 80.1 is 801 × 10^−1: exact in decimal, as the API counts. */
function mantissaOf(value: unknown): { readonly value: number; readonly exponent: number } | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const parts = /^(-?\d{1,16})(?:\.(\d{1,15}))?$/.exec(String(value));
  if (!parts) return undefined;
  const [, whole = "", fraction = ""] = parts;
  const mantissa = wholeNumber(whole + fraction);
  return mantissa === undefined ? undefined : { value: mantissa, exponent: -fraction.length };
}
