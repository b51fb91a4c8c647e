import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Derived, PersonState } from "../domain/weigh-in.ts";
import { SYNC_LIMITS } from "./limits.ts";

/** Differences of exact decimals, without the noise of binary fractions. */
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

/** What follows from a person's state. */
export function derive({ latest, lastWeighIn, previousWeight, trend, target }: PersonState): Derived {
  const weight = lastWeighIn?.values["weight"];
  const height = latest["height"]?.value;
  const wanted = target["weight"]?.value;
  return {
    bmi: weight === undefined || !height ? null : rounded(weight / height ** 2, 1),
    change: weight === undefined || previousWeight === null ? null : rounded(weight - previousWeight, 3),
    trend: trend === null ? null : rounded(trend.value, 2),
    toTarget: weight === undefined || wanted === undefined ? null : rounded(weight - wanted, 3),
  };
}

/** Nothing can be said where a newer weigh-in is known. */
export const NOTHING_DERIVED: Derived = { bmi: null, change: null, trend: null, toTarget: null };

export type Trend = PersonState["trend"];

/** One step of an average that forgets with time: after seven days, a weight still counts 37 %. */
export function nextTrend(trend: Trend, weight: number, at: EpochSeconds): NonNullable<Trend> {
  if (trend === null) return { value: weight, at };
  const share = 1 - Math.exp(-(at - trend.at) / SYNC_LIMITS.trendTimeConstantS);
  return { value: trend.value + share * (weight - trend.value), at };
}
