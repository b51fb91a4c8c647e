import type { LatestValue, PersonState, WeighIn } from "../domain/weigh-in.ts";
import { nextTrend } from "./derive.ts";
import type { Reading } from "./readings.ts";

/** A person of whom nothing is known yet. */
export function emptyPersonState(): PersonState {
  return { latest: {}, lastWeighIn: null, previousWeight: null, trend: null, target: {}, profile: null };
}

/** Newer by the time of measuring; at the same second the higher id wins, so that the order of arrival never matters. */
export const isNewer = (
  a: { readonly measuredAt: number; readonly groupId: number },
  b: { readonly measuredAt: number; readonly groupId: number } | undefined,
): boolean =>
  b === undefined || a.measuredAt > b.measuredAt || (a.measuredAt === b.measuredAt && a.groupId > b.groupId);

/** Whether a reading comes after everything that the history part of the state has seen. */
export const isAppended = ({ lastWeighIn }: PersonState, { measuredAt, id }: WeighIn): boolean =>
  lastWeighIn === null ||
  isNewer({ measuredAt, groupId: id }, { measuredAt: lastWeighIn.measuredAt, groupId: lastWeighIn.id });

/** The state with an accepted reading in it. History (last weigh-in, previous weight, trend) only moves forward. */
export function withReading(state: PersonState, reading: Reading): PersonState {
  if (reading.kind === "target") return { ...state, target: merged(state.target, reading.latest) };
  const next = { ...state, latest: merged(state.latest, reading.latest) };
  if (reading.kind !== "weigh_in" || !isAppended(state, reading)) return next;
  const weight = weightOf(reading);
  return {
    ...next,
    lastWeighIn: weighInOf(reading),
    previousWeight: state.lastWeighIn ? weightOf(state.lastWeighIn) : null,
    trend: nextTrend(state.trend, weight, reading.measuredAt),
  };
}

export const weightOf = ({ values }: WeighIn): number => values["weight"] as number;

export function weighInOf({ id, measuredAt, attribution, values, groupIds, comment }: Reading): WeighIn {
  const weighIn = { id, measuredAt, attribution, values, groupIds };
  return comment === undefined ? weighIn : { ...weighIn, comment };
}

function merged(
  known: Readonly<Record<string, LatestValue>>,
  more: Readonly<Record<string, LatestValue>>,
): Readonly<Record<string, LatestValue>> {
  const result = { ...known };
  for (const [key, value] of Object.entries(more)) if (isNewer(value, result[key])) result[key] = value;
  return result;
}
