import type { Attribution, EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { AmbiguousPolicy, LatestValue, Verdict, WeighIn } from "../domain/weigh-in.ts";
import { SYNC_LIMITS } from "./limits.ts";

/**
 * What is known of a reading's owner.
 * - `accepted`: counts
 * - `held`: waits for a verdict
 * - `silent`: refused, or ambiguous where the household ignores such
 */
type Standing = "accepted" | "held" | "silent";

/** What a person would call one measurement: a weigh-in with its companions, a group without a weight, or a target. */
export interface Reading extends WeighIn {
  readonly kind: "weigh_in" | "measurement" | "target";
  readonly standing: Standing;
  readonly latest: Readonly<Record<string, LatestValue>>;
}

export interface Judgement {
  readonly policy: AmbiguousPolicy;
  readonly verdicts: ReadonlyMap<number, Verdict>;
}

export const isAmbiguous = (group: { readonly attribution: Attribution }): boolean =>
  group.attribution.name === "ambiguous";

const isMeasured = (group: MeasureGroup) => group.category.name === "measure";
export const hasWeight = (group: MeasureGroup): boolean =>
  isMeasured(group) && group.measures.some(({ type, position }) => type === "weight" && position === undefined);

/**
 * Makes readings of groups. A companion belongs to the nearest weigh-in within reach; of two as near, to the earlier one, then to the
 * one with the lower id. Groups of an unknown category are data but no reading.
 */
export function readingsOf(groups: readonly MeasureGroup[], judgement: Judgement): Reading[] {
  const weighIns = groups.filter(hasWeight).sort(byTime);
  const companions = new Map<number, MeasureGroup[]>(weighIns.map(({ id }) => [id, []]));
  const readings: Reading[] = [];
  for (const group of groups) {
    if (group.category.name === "target") readings.push(readingOf("target", group, [], "accepted"));
    if (!isMeasured(group) || companions.has(group.id)) continue;
    const owner = nearest(weighIns, group.measuredAt);
    if (owner) companions.get(owner.id)?.push(group);
    else readings.push(readingOf("measurement", group, [], standingOf(group, judgement)));
  }
  for (const group of weighIns) {
    const others = (companions.get(group.id) ?? []).sort(byTime);
    readings.push(readingOf("weigh_in", group, others, standingOf(group, judgement)));
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

function standingOf(group: MeasureGroup, { policy, verdicts }: Judgement): Standing {
  const verdict = verdicts.get(group.id);
  if (verdict === "refused") return "silent";
  if (verdict === "claimed" || !isAmbiguous(group) || policy === "accept") return "accepted";
  return policy === "hold" ? "held" : "silent";
}

function readingOf(
  kind: Reading["kind"],
  main: MeasureGroup,
  companions: readonly MeasureGroup[],
  standing: Standing,
): Reading {
  const latest: Record<string, LatestValue> = {};
  const values: Record<string, number> = {};
  for (const group of [main, ...companions]) {
    for (const { type, code, value, position } of group.measures) {
      const key = position === undefined ? type : `${type}_${position}`;
      // The group with the weight speaks first.
      if (key in values) continue;
      values[key] = value;
      const at = { measuredAt: group.measuredAt, groupId: group.id };
      latest[key] = { type, code, value, ...(position === undefined ? {} : { position }), ...at };
    }
  }
  const { id, measuredAt, attribution, comment } = main;
  const groupIds = [id, ...companions.map((group) => group.id)];
  const reading = { kind, standing, id, measuredAt, attribution, values, groupIds, latest };
  return comment === undefined ? reading : { ...reading, comment };
}
