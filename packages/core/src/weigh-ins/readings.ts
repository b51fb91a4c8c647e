import type { EpochSeconds, Measure, MeasureGroup } from "../domain/measure-group.ts";
import type { LatestValue, WeighIn } from "../domain/weigh-in.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { inOrder, keysOf } from "./measure-keys.ts";
import { isAmbiguous, type Standing, type StandingOf } from "./standing.ts";

/** One measurement in the sense of a person: a weigh-in with its companions, a group without a weight, or a target. */
export interface Reading extends WeighIn {
  readonly kind: "weigh_in" | "measurement" | "target";
  readonly standing: Standing;
  /** The API was not sure of the person, whatever was decided since. */
  readonly isAmbiguous: boolean;
  /** The values that may enter a state. */
  readonly latest: Readonly<Record<string, LatestValue>>;
}

const isMeasured = (group: MeasureGroup) => group.category.name === "measure";

/** Whether a group makes a weigh-in. A weight that is not above zero was never on a scale. */
export const hasWeight = (group: MeasureGroup): boolean =>
  isMeasured(group) &&
  group.measures.some(({ type, position, value }) => type === "weight" && position === undefined && value > 0);

/**
 * Makes readings of groups. A companion belongs to the nearest weigh-in within reach; of two as near, to the earlier one, then to the
 * one with the lower id. Groups of an unknown category are data but no reading.
 */
export function readingsOf(groups: readonly MeasureGroup[], standingOf: StandingOf): Reading[] {
  const weighIns = groups.filter(hasWeight).sort(byTime);
  const companions = new Map<number, MeasureGroup[]>(weighIns.map(({ id }) => [id, []]));
  const readings: Reading[] = [];
  for (const group of groups) {
    if (group.category.name === "target") readings.push(readingOf("target", group, [], "accepted"));
    if (!isMeasured(group) || companions.has(group.id)) continue;
    const owner = nearest(weighIns, group.measuredAt);
    if (owner) companions.get(owner.id)?.push(group);
    else readings.push(readingOf("measurement", group, [], standingOf(group)));
  }
  for (const group of weighIns) {
    const others = (companions.get(group.id) ?? []).sort(byTime);
    readings.push(readingOf("weigh_in", group, others, standingOf(group)));
  }
  return readings.sort(byTime);
}

const byTime = (a: { measuredAt: number; id: number }, b: { measuredAt: number; id: number }) =>
  a.measuredAt - b.measuredAt || a.id - b.id;

/** `weighIns` are sorted by time. */
function nearest(weighIns: readonly MeasureGroup[], at: EpochSeconds): MeasureGroup | undefined {
  let low = 0;
  let high = weighIns.length;
  const earliest = at - SYNC_LIMITS.reachS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((weighIns[middle] as MeasureGroup).measuredAt < earliest) low = middle + 1;
    else high = middle;
  }
  let best: MeasureGroup | undefined;
  let bestDistance = Infinity;
  for (let index = low; index < weighIns.length; index++) {
    const weighIn = weighIns[index] as MeasureGroup;
    if (weighIn.measuredAt > at + SYNC_LIMITS.reachS) break;
    const distance = Math.abs(weighIn.measuredAt - at);
    if (distance < bestDistance) [best, bestDistance] = [weighIn, distance];
  }
  return best;
}

function readingOf(
  kind: Reading["kind"],
  main: MeasureGroup,
  companions: readonly MeasureGroup[],
  standing: Standing,
): Reading {
  const latest: Record<string, LatestValue> = {};
  const values: Record<string, number> = {};
  const all = [main, ...companions];
  const keys = keysOf(all);
  for (const group of all) {
    for (const measure of inOrder(group.measures)) {
      const key = keys(group, measure);
      if (key in values && (key in latest || !isPossible(measure))) continue;
      const { type, code, value, position } = measure;
      values[key] = value;
      if (!isPossible(measure)) continue;
      const at = { measuredAt: group.measuredAt, groupId: group.id };
      latest[key] = { type, code, value, ...(position === undefined ? {} : { position }), ...at };
    }
  }
  const { id, measuredAt, attribution, comment } = main;
  const groupIds = [id, ...companions.map((group) => group.id)];
  const doubt = { standing, isAmbiguous: isAmbiguous(main) };
  const reading = { kind, ...doubt, id, measuredAt, attribution, values, groupIds, latest };
  return comment === undefined ? reading : { ...reading, comment };
}

/** A weight or height that is not above zero is reported as it came, but nothing is concluded from it. */
const isPossible = ({ type, value }: Measure): boolean => value > 0 || (type !== "weight" && type !== "height");
