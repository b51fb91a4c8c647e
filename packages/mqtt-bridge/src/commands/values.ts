import type { Span } from "../admin/history.ts";
import type { OptionRow } from "./command.ts";

export interface SpanOptions {
  readonly from?: number;
  readonly to?: number;
}

const DAY_S = 86_400;
/** The year 5138: later than any scale's clock. */
const LATEST_S = 99_999_999_999;

/** Epoch seconds of `2026-11-24`, `2026-11-24T07:00` (both in UTC) or epoch seconds. Throws words for a person. */
function momentOf(text: string, addS: number): number {
  if (/^\d{9,11}$/.test(text)) return Number(text);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/.test(text);
  const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(text);
  const parsed = isDay || isTime ? Date.parse(isTime && !hasZone ? `${text}Z` : text) : Number.NaN;
  if (Number.isNaN(parsed))
    throw new Error("give a day such as 2026-11-24, a time such as 2026-11-24T07:00Z, or epoch seconds");
  return Math.floor(parsed / 1000) + (isDay ? addS : 0);
}

export const SPAN_OPTIONS: readonly OptionRow[] = [
  {
    flags: "--from <day>",
    words: "nothing before this day (UTC), time or epoch second",
    parse: (text) => momentOf(text, 0),
  },
  {
    flags: "--to <day>",
    words: "nothing after it; a day counts whole",
    parse: (text) => momentOf(text, DAY_S - 1),
  },
];

export const spanOf = ({ from = 0, to = LATEST_S }: SpanOptions): Span => ({ from, to });

/** Throws words for a person. */
export const positive = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error("give a whole number from 1 on");
};
