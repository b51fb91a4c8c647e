import { CallError } from "./call-error.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
/** Epoch milliseconds begin where epoch seconds are in the year 5138. */
const FIRST_MILLISECONDS = 100_000_000_000;

const isBlank = (value: unknown): value is undefined | null | "" =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** A number from `least` up; undefined where the field is blank. */
export function wholeNumber(name: string, value: unknown, least: number): number | undefined {
  if (isBlank(value)) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= least) return number;
  throw invalid(name, `a whole number from ${least} up`);
}

/**
 * A moment in epoch seconds: epoch seconds or milliseconds, an ISO date, a Date, `now`, or `-7d` for seven days ago (s, m, h, d, w).
 * Undefined where the field is blank.
 */
export function moment(name: string, value: unknown, nowMs: number): number | undefined {
  if (isBlank(value)) return undefined;
  const seconds = secondsOf(value, nowMs);
  if (seconds !== undefined && Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw invalid(name, "a moment: epoch seconds, an ISO date, or -7d for seven days ago");
}

function secondsOf(value: unknown, nowMs: number): number | undefined {
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  if (typeof value === "number") return Math.floor(value >= FIRST_MILLISECONDS ? value / 1000 : value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return secondsOf(Number(text), nowMs);
  if (text === "now") return Math.floor(nowMs / 1000);
  const ago = /^-(\d{1,6})([smhdw])$/.exec(text);
  if (ago) return Math.floor(nowMs / 1000) - Number(ago[1]) * SECONDS[ago[2] as keyof typeof SECONDS];
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

/** One of the given words; the first one where the field is blank. */
export function choice<T extends string>(name: string, value: unknown, words: readonly [T, ...T[]]): T {
  if (isBlank(value)) return words[0];
  const found = words.find((word) => word === String(value));
  if (found !== undefined) return found;
  throw invalid(name, `one of ${words.join(", ")}`);
}

/** True or false, also as a word; undefined where the field is blank. */
export function flag(name: string, value: unknown): boolean | undefined {
  if (isBlank(value)) return undefined;
  const text = String(value).trim().toLowerCase();
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw invalid(name, "true or false");
}

/** Undefined where the field is blank. */
export function text(name: string, value: unknown): string | undefined {
  if (isBlank(value)) return undefined;
  if (typeof value === "string" || typeof value === "number") return String(value).trim();
  throw invalid(name, "a text");
}

export function needed<T>(name: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new CallError(`${name} is missing`, {
    code: "missing_value",
    remedy: `Fill in ${name} in the node, or set msg.withings.${name}.`,
  });
}

/** The value is not repeated: it may be a secret in the wrong field. */
function invalid(name: string, wanted: string): CallError {
  return new CallError(`${name} is not ${wanted}`, {
    code: "invalid_value",
    remedy: `Correct ${name} in the node, or in msg.withings where the node takes it from there.`,
  });
}
