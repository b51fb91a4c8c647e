import {
  documentValues,
  type EpochSeconds,
  type GroupReader,
  HISTORY_MARGIN_S,
  isMass,
  isoTime,
  type MeasureGroup,
  massIn,
  measureTypes,
  type PastReading,
  pastReadings,
  typeOfKey,
  undecidedIn,
  valueIn,
} from "@weighbridge/core";
import type { PersonConfig } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import type { HeldWeighIns } from "../store/store.ts";
import type { ListedWeighIn, SeriesAnswer, WeighInsAnswer } from "./contract.ts";
import { type Point, thinned } from "./thin.ts";

/** A person whose stored past is read, by the bridge or beside it. */
export interface PastPerson {
  readonly config: Pick<PersonConfig, "weight_unit">;
  readonly rows: { readonly groups: GroupReader; readonly stored: { readonly held: Pick<HeldWeighIns, "newest"> } };
}

/** Both ends included. */
export interface Span {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

export interface WeighInsQuery extends Span {
  readonly limit: number;
  /** Only those that wait for a decision. */
  readonly isHeld: boolean;
}

export interface SeriesQuery extends Span {
  readonly measure: string;
  readonly points: number;
}

/** A person's weigh-ins, the newest first. A page never ends between two of the same second, so that the next one begins a second earlier. */
export async function weighInsOf(person: PastPerson, query: WeighInsQuery): Promise<WeighInsAnswer> {
  const { weight_unit: unit } = person.config;
  const found: PastReading[] = [];
  const isFull = (measuredAt: number) => found.length >= query.limit && found.at(-1)?.measuredAt !== measuredAt;
  const slices = query.isHeld ? [await heldOf(person)] : slicesBefore(person, query);
  for await (const readings of slices)
    for (const reading of readings) {
      if (reading.kind !== "weigh_in" || !isIn(query, reading.measuredAt)) continue;
      if (query.isHeld && reading.standing !== "held") continue;
      if (isFull(reading.measuredAt)) return { unit, weigh_ins: found.map((one) => listed(one, unit)), more: true };
      found.push(reading);
    }
  return { unit, weigh_ins: found.map((one) => listed(one, unit)), more: false };
}

/** The accepted values of one measure, ascending. */
export async function seriesOf(person: PastPerson, query: SeriesQuery): Promise<SeriesAnswer> {
  const { measure, points: most } = query;
  const { weight_unit } = person.config;
  const points: Point[] = [];
  for await (const readings of slicesBefore(person, query))
    for (const { measuredAt, values, standing } of readings) {
      const value = values[measure];
      if (value === undefined || standing !== "accepted" || !isIn(query, measuredAt)) continue;
      points.push([measuredAt, valueIn(weight_unit, measure, value)]);
      if (points.length >= LIMITS.seriesValues) break;
    }
  return { measure, unit: unitOf(measure, weight_unit), points: thinned(points.reverse(), most) };
}

const unitOf = (measure: string, weightUnit: string): string => {
  if (isMass(measure)) return weightUnit;
  const type = typeOfKey(measure);
  return [...measureTypes.values()].find(({ id }) => id === type)?.unit ?? "";
};

const isIn = ({ from, to }: Span, at: EpochSeconds) => at >= from && at <= to;

/**
 * Readings up to the end of a span, the newest first, some groups at a time: a long history neither fills the memory nor holds up what else
 * the bridge does.
 */
async function* slicesBefore({ rows }: PastPerson, { from, to }: Span): AsyncGenerator<readonly PastReading[]> {
  let ceiling = to;
  let most: number = LIMITS.historyRead;
  for (;;) {
    // The store answers in one go: callbacks are heard between two reads.
    await new Promise((resolve) => setImmediate(resolve));
    const groups = await rows.groups.before(ceiling + REACH_S, most);
    const oldest = groups[0]?.measuredAt ?? 0;
    const isLast = groups.length < most;
    // Companions of what is older may lie in the next slice: it is read again with them.
    const floor = isLast ? -Infinity : oldest + REACH_S + 1;
    const readings = pastReadings(groups, await knownOf(rows, groups));
    yield readings.filter(({ measuredAt }) => measuredAt >= floor && measuredAt <= ceiling).reverse();
    if (isLast || floor <= from) return;
    // So many groups in so few seconds: only a larger slice gets past them.
    if (floor > ceiling) most *= 2;
    ceiling = Math.min(ceiling, floor - 1);
  }
}

/** A weigh-in, its companion, and another weigh-in that the companion may be nearer to. */
const REACH_S = 2 * HISTORY_MARGIN_S;

/** The newest held ones; further ones show when these are decided. */
async function heldOf({ rows }: PastPerson): Promise<readonly PastReading[]> {
  const groups = await rows.groups.byIds(rows.stored.held.newest.map(({ id }) => id));
  return pastReadings(groups, await knownOf(rows, groups)).reverse();
}

async function knownOf({ groups: reader }: PastPerson["rows"], groups: readonly MeasureGroup[]) {
  const undecided = undecidedIn(groups);
  return { verdicts: await reader.verdicts(undecided), eventCounts: await reader.eventCounts(undecided) };
}

function listed(reading: PastReading, unit: PersonConfig["weight_unit"]): ListedWeighIn {
  const { id, measuredAt, attribution, values, standing, verdict } = reading;
  return {
    weigh_in: id,
    measured_at: isoTime(measuredAt),
    weight: massIn(unit, values["weight"] ?? 0),
    values: documentValues(unit, values),
    attribution: attribution.name,
    verdict: verdict === "counted" ? null : verdict,
    held: standing === "held",
  };
}
