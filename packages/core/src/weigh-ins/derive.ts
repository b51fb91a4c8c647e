import { type Decimal, decimalOf, difference, product, rounded, roundedQuotient } from "../domain/decimal.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Derived, PersonState } from "../domain/weigh-in.ts";
import { SYNC_LIMITS } from "./limits.ts";

/** Derives BMI, change, trend and distance to the target of a state: exact in decimal, and rounded once. */
export function derive({ latest, lastWeighIn, previousWeight, trend, target }: PersonState): Derived {
  const weight = decimal(lastWeighIn?.values["weight"]);
  return {
    bmi: bmiOf(weight, decimal(latest["height"]?.value)),
    change: apart(weight, decimal(previousWeight)),
    trend: trend === null ? null : roundedOrNull(decimal(trend.value), 2),
    toTarget: apart(weight, decimal(target["weight"]?.value)),
  };
}

const decimal = (value: number | null | undefined): Decimal | undefined => decimalOf(value ?? Number.NaN);

const roundedOrNull = (value: Decimal | undefined, places: number): number | null =>
  value === undefined ? null : rounded(value, places);

const apart = (a: Decimal | undefined, b: Decimal | undefined): number | null =>
  a === undefined || b === undefined ? null : rounded(difference(a, b), 3);

const bmiOf = (weight: Decimal | undefined, height: Decimal | undefined): number | null =>
  weight === undefined || height === undefined || height.digits <= 0n
    ? null
    : roundedQuotient(weight, product(height, height), 1);

/** Nothing can be said where a newer weigh-in is known. */
export const NOTHING_DERIVED: Derived = { bmi: null, change: null, trend: null, toTarget: null };

export type Trend = PersonState["trend"];

/** One step of an average that forgets with time: after seven days, a weight still counts 37 %. */
export function nextTrend(trend: Trend, weight: number, at: EpochSeconds): NonNullable<Trend> {
  if (trend === null) return { value: weight, at };
  const share = 1 - Math.exp(-(at - trend.at) / SYNC_LIMITS.trendTimeConstantS);
  return { value: trend.value + share * (weight - trend.value), at };
}
