import type { MeasureGroup } from "../domain/measure-group.ts";
import type { WeighIn } from "../domain/weigh-in.ts";
import type { StoredVerdict } from "../ports/person-store.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { readingsOf } from "./readings.ts";
import { isAmbiguous, type Known, type Standing, standingUntilNow } from "./standing.ts";

/** A weigh-in, or a measurement without a weight, as a history shows it. */
export interface PastReading extends WeighIn {
  readonly kind: "weigh_in" | "measurement";
  readonly standing: Standing;
  /** Null where nobody had to decide, or nobody has. */
  readonly verdict: StoredVerdict | null;
}

/** Groups that are farther apart than this never make one weigh-in, seconds: read so much more on either side of a span. */
export const HISTORY_MARGIN_S = SYNC_LIMITS.reachS;

/** Ids of the groups about which verdicts and event counts say more. */
export const undecidedIn = (groups: readonly MeasureGroup[]): number[] =>
  groups.filter(isAmbiguous).map(({ id }) => id);

/** The readings of stored groups, ascending. Goals are left out. */
export function pastReadings(groups: readonly MeasureGroup[], known: Known): PastReading[] {
  return readingsOf(groups, standingUntilNow(known)).flatMap((reading) => {
    const { kind, id, measuredAt, attribution, values, groupIds, comment, standing } = reading;
    if (kind === "target") return [];
    const verdict = known.verdicts.get(id) ?? null;
    const weighIn = { id, measuredAt, attribution, values, groupIds, ...(comment !== undefined && { comment }) };
    return [{ kind, standing, verdict, ...weighIn }];
  });
}
