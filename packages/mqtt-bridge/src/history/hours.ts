import { derive, type EpochSeconds, emptyPersonState, type MeasureGroup, nextTrend } from "@weighbridge/core";

/** One row of long-term statistics: an hour in which something was measured. */
export interface Hour {
  /** Its first second. */
  readonly start: EpochSeconds;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

interface Sum {
  total: number;
  count: number;
  min: number;
  max: number;
}

const HOUR_S = 3_600;
/** Decimals of a mean; the scale shows three at most. */
const DIGITS = 6;

/** Collects measured values by key and hour: SI units, as they are stored. */
export class Hours {
  readonly #before: EpochSeconds;
  readonly #keys = new Map<string, Map<EpochSeconds, Sum>>();
  /** Second in which each key was measured last: of two values in one second the first counts. */
  readonly #lastAt = new Map<string, EpochSeconds>();
  #height: number | undefined;
  #trend: ReturnType<typeof nextTrend> | null = null;

  /** Values at or after `before` are left out. */
  constructor(before: EpochSeconds) {
    this.#before = before;
  }

  /** Groups that count as the person's, by ascending time. */
  add({ id, attribution, category, measures, measuredAt }: MeasureGroup): void {
    if (category.name !== "measure" || measuredAt >= this.#before) return;
    for (const { type, position, value } of measures) {
      const key = position === undefined ? type : `${type}_${position}`;
      if (this.#lastAt.get(key) === measuredAt || ((key === "weight" || key === "height") && value <= 0)) continue;
      this.#lastAt.set(key, measuredAt);
      this.#put(key, measuredAt, value);
      if (key === "height") this.#height = value;
      if (key === "weight") this.#weighedIn({ id, attribution, measuredAt }, value);
    }
  }

  keys(): string[] {
    return [...this.#keys.keys()];
  }

  /** By ascending time. */
  of(key: string): Hour[] {
    return [...(this.#keys.get(key) ?? [])].map(([start, { total, count, min, max }]) => ({
      start,
      mean: Number((total / count).toFixed(DIGITS)),
      min,
      max,
    }));
  }

  #weighedIn(group: Pick<MeasureGroup, "id" | "attribution" | "measuredAt">, weight: number): void {
    const { measuredAt } = group;
    this.#trend = nextTrend(this.#trend, weight, measuredAt);
    const height = this.#height;
    const derived = derive({
      ...emptyPersonState(),
      latest:
        height === undefined ? {} : { height: { type: "height", code: 4, value: height, measuredAt, groupId: 0 } },
      lastWeighIn: { ...group, values: { weight }, groupIds: [group.id] },
      trend: this.#trend,
    });
    for (const key of ["bmi", "trend"] as const) if (derived[key] !== null) this.#put(key, measuredAt, derived[key]);
  }

  #put(key: string, at: EpochSeconds, value: number): void {
    const hours = this.#keys.get(key) ?? new Map<EpochSeconds, Sum>();
    this.#keys.set(key, hours);
    const start = Math.floor(at / HOUR_S) * HOUR_S;
    const sum = hours.get(start) ?? { total: 0, count: 0, min: value, max: value };
    hours.set(start, sum);
    sum.total += value;
    sum.count++;
    sum.min = Math.min(sum.min, value);
    sum.max = Math.max(sum.max, value);
  }
}

/** The last hour of which Home Assistant has surely made its own rows, so that the two do not meet. */
export const beforeNow = (now: EpochSeconds): EpochSeconds => (Math.floor(now / HOUR_S) - 1) * HOUR_S;
