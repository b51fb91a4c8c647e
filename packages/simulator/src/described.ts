import type { WireGroup, WireMeasure } from "./history.ts";

const UNITS: Readonly<Record<number, string>> = { 1: " kg", 4: " m", 6: " % fat", 11: " bpm" };
const TARGET = 2;
const AMBIGUOUS = 1;
/** Values that a person typed, by attribution. */
const ENTERED: readonly number[] = [2, 4];
const NEARLY_A_YEAR_MS = 300 * 86_400_000;
const NOW_MS = 60_000;

/** A measure's exact value. */
export const decimal = ({ value, unit }: WireMeasure): number =>
  Number((value * 10 ** unit).toFixed(Math.max(0, -unit)));

export function verbOf({ category, attrib }: WireGroup): string {
  if (category === TARGET) return "set";
  return ENTERED.includes(attrib) ? "entered" : "measured";
}

/** The measures that a person would name, and what is special about the group. */
export function described({ measures, category, attrib, date }: WireGroup, nowMs: number): string {
  const named = measures.filter(({ type }) => type in UNITS);
  const words = named.map((measure) => `${decimal(measure)}${UNITS[measure.type]}`).join(", ") || "something else";
  const what = category === TARGET ? `a target of ${words}` : words;
  const when = Math.abs(nowMs - date * 1000) < NOW_MS ? "" : ` (of ${dateWords(date * 1000, nowMs)})`;
  return `${what}${when}${attrib === AMBIGUOUS ? ", perhaps somebody else" : ""}`;
}

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options);
const CLOCK = format({ hour: "2-digit", minute: "2-digit" });
const DAY = format({ day: "numeric", month: "short" });
const DATE = format({ day: "numeric", month: "short", year: "numeric" });

/** In the time zone of the people who look at it: the time of today, the day of this year, or the whole date. */
function dateWords(ms: number, nowMs: number): string {
  if (DATE.format(ms) === DATE.format(nowMs)) return CLOCK.format(ms);
  return (Math.abs(nowMs - ms) < NEARLY_A_YEAR_MS ? DAY : DATE).format(ms);
}
