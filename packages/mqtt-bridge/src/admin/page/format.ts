import type { Language } from "./words.ts";

const POUNDS_PER_STONE = 14;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The fewest and the most decimals, by unit. */
const DECIMALS: Readonly<Record<string, readonly [number, number]>> = { kg: [1, 2], lb: [1, 1], "%": [1, 1] };

/** Steps of a relative time, the longest first. */
const STEPS = [
  ["year", 365 * DAY_MS],
  ["month", 30 * DAY_MS],
  ["week", 7 * DAY_MS],
  ["day", DAY_MS],
  ["hour", 60 * MINUTE_MS],
  ["minute", MINUTE_MS],
] as const;

/** Numbers and times as a person of the language writes them. English is that of the browser where it has a region. */
export class Format {
  readonly locale: string;
  readonly #digits = new Map<string, Intl.NumberFormat>();
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #dateTime: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #second: Intl.DateTimeFormat;

  constructor(language: Language, browser: readonly string[]) {
    this.locale = browser.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;
    this.#relative = new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" });
    const time = { hour: "2-digit", minute: "2-digit" } as const;
    this.#dateTime = new Intl.DateTimeFormat(this.locale, { dateStyle: "medium", timeStyle: "short" });
    this.#date = new Intl.DateTimeFormat(this.locale, { dateStyle: "medium" });
    this.#time = new Intl.DateTimeFormat(this.locale, time);
    this.#second = new Intl.DateTimeFormat(this.locale, { ...time, second: "2-digit" });
  }

  number(value: number, least = 0, most = 2, options: Intl.NumberFormatOptions = {}): string {
    const key = `${least}/${most}/${options.signDisplay ?? ""}`;
    let format = this.#digits.get(key);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.locale, {
        minimumFractionDigits: least,
        maximumFractionDigits: most,
        ...options,
      });
      this.#digits.set(key, format);
    }
    return format.format(value);
  }

  /** `68.45 kg`, `150.9 lb`, `10 st 10.9 lb`. */
  value(value: number, unit: string): string {
    if (unit === "st") return this.#stones(value);
    const [least, most] = DECIMALS[unit] ?? [0, 2];
    const number = this.number(value, least, most);
    if (unit === "") return number;
    return `${number}\u00a0${unit}`;
  }

  /** All with the decimals of the longest, at most two. */
  alike(values: readonly number[]): string[] {
    const isWhole = (factor: number) =>
      values.every((value) => Math.abs(value * factor - Math.round(value * factor)) < 1e-6);
    const digits = isWhole(1) ? 0 : isWhole(10) ? 1 : 2;
    return values.map((value) => this.number(value, digits, digits));
  }

  /** With its sign. */
  change(value: number, unit: string): string {
    const words = this.value(Math.abs(value), unit);
    return value === 0 ? words : `${value < 0 ? "−" : "+"}${words}`;
  }

  #stones(value: number): string {
    const tenths = Math.round(Math.abs(value) * POUNDS_PER_STONE * 10);
    const stones = Math.floor(tenths / (POUNDS_PER_STONE * 10));
    const pounds = this.number((tenths - stones * POUNDS_PER_STONE * 10) / 10, 1, 1);
    const sign = value < 0 ? "−" : "";
    return stones === 0 ? `${sign}${pounds}\u00a0lb` : `${sign}${stones}\u00a0st ${pounds}\u00a0lb`;
  }

  dateTime(at: Date): string {
    return this.#dateTime.format(at);
  }

  date(at: Date): string {
    return this.#date.format(at);
  }

  /** The time alone where it is of today, and to the second. */
  moment(at: Date, now: Date): string {
    return at.toDateString() === now.toDateString() ? this.#second.format(at) : this.#dateTime.format(at);
  }

  /** `3 hours ago`, `yesterday`, `in 12 minutes`. */
  ago(at: Date, now: Date): string {
    const away = at.getTime() - now.getTime();
    for (const [unit, length] of STEPS)
      if (Math.abs(away) >= length) return this.#relative.format(Math.trunc(away / length), unit);
    return this.#relative.format(0, "second");
  }

  /** `today, 07:12`, else the date with the time. */
  day(at: Date, now: Date): string {
    const days = Math.round((startOf(at) - startOf(now)) / DAY_MS);
    if (days < -1 || days > 1) return this.#dateTime.format(at);
    return `${this.#relative.format(days, "day")}, ${this.#time.format(at)}`;
  }
}

const startOf = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
