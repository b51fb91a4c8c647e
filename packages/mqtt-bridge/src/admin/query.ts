import { LIMITS } from "../limits.ts";
import type { SeriesQuery, Span, WeighInsQuery } from "./history.ts";
import { invalid } from "./reply.ts";

type Query = URLSearchParams;

/** Throws an AdminError for what cannot be read. */
export const weighInsQuery = (query: Query): WeighInsQuery => ({
  ...spanOf(query),
  limit: wholeNumber(query, "limit", { least: 1, most: LIMITS.weighInsListed, otherwise: 100 }),
  isHeld: switchOf(query, "held"),
});

/** Throws an AdminError for what cannot be read. */
export const seriesQuery = (query: Query): SeriesQuery => ({
  ...spanOf(query),
  measure: query.get("measure") ?? "weight",
  points: wholeNumber(query, "points", { least: 2, most: LIMITS.seriesPoints, otherwise: 500 }),
});

function spanOf(query: Query): Span {
  const bounds = { least: 0, most: LATEST_S };
  const from = wholeNumber(query, "from", { ...bounds, otherwise: 0 });
  const to = wholeNumber(query, "to", { ...bounds, otherwise: LATEST_S });
  if (from <= to) return { from, to };
  throw invalid("from is after to", "Give epoch seconds: from before to.");
}

/** The year 5138: later than any scale's clock. */
const LATEST_S = 99_999_999_999;

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly otherwise: number;
}

function wholeNumber(query: Query, name: string, { least, most, otherwise }: Bounds): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(`${name} is no whole number from ${least} to ${most}`, `Correct ${name}, or leave it out.`);
}

function switchOf(query: Query, name: string): boolean {
  const text = query.get(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw invalid(`${name} is neither true nor false`, `Correct ${name}, or leave it out.`);
}
