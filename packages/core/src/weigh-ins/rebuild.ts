import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { LatestValue, PersonState } from "../domain/weigh-in.ts";
import type { GroupReader, StoredVerdict } from "../ports/person-store.ts";
import { nextTrend } from "./derive.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { type Reading, readingsOf } from "./readings.ts";
import type { StaleParts } from "./stale-parts.ts";
import { isAmbiguous, standingUntilNow } from "./standing.ts";
import { isNewer, weighInOf, weightOf } from "./state.ts";

export interface Past {
  readonly reader: Pick<GroupReader, "before">;
  /** Readings after it are no part of a state. */
  readonly horizon: EpochSeconds;
  verdictsOn(ambiguous: readonly MeasureGroup[]): Promise<ReadonlyMap<number, StoredVerdict>>;
}

/** Reads back in time, no further than needed, until every stale part is known again. */
export async function rebuild(state: PersonState, stale: StaleParts, past: Past): Promise<PersonState> {
  const groups = new Map<number, MeasureGroup>();
  const verdicts = new Map<number, StoredVerdict>();
  let to = Number.MAX_SAFE_INTEGER;
  for (let reads = 0; ; reads++) {
    const page = await past.reader.before(to, SYNC_LIMITS.lookBackGroups);
    const fresh = page.filter(({ id }) => !groups.has(id));
    for (const group of fresh) groups.set(group.id, group);
    const ambiguous = fresh.filter(isAmbiguous);
    if (ambiguous.length > 0) for (const [id, verdict] of await past.verdictsOn(ambiguous)) verdicts.set(id, verdict);
    const isAll = page.length < SYNC_LIMITS.lookBackGroups || fresh.length === 0 || reads >= SYNC_LIMITS.lookBackReads;
    to = page[0]?.measuredAt ?? to;
    // At the far end a weigh-in may miss companions that the next read brings.
    const trustedFrom = isAll ? -Infinity : to + 2 * SYNC_LIMITS.reachS;
    const readings = readingsOf([...groups.values()], standingUntilNow({ verdicts, eventCounts: NONE }))
      .filter(({ standing }) => standing === "accepted")
      .filter(({ measuredAt }) => measuredAt >= trustedFrom && measuredAt <= past.horizon)
      .reverse();
    if (isAll || isKnown(readings, stale)) return restored(state, stale, readings);
  }
}

const NONE: ReadonlyMap<number, number> = new Map();

/** `readings` are the newest first. */
function isKnown(readings: readonly Reading[], stale: StaleParts): boolean {
  const found = { latest: new Set<string>(), target: new Set<string>() };
  for (const { kind, latest } of readings)
    for (const key of Object.keys(latest)) found[kind === "target" ? "target" : "latest"].add(key);
  if (![...stale.latest].every((key) => found.latest.has(key))) return false;
  if (![...stale.target].every((key) => found.target.has(key))) return false;
  if (!stale.history) return true;
  const weighIns = readings.filter(({ kind }) => kind === "weigh_in");
  const [last, oldest] = [weighIns[0], weighIns.at(-1)];
  if (!last || !oldest || weighIns.length < 2) return false;
  return oldest.measuredAt < last.measuredAt - SYNC_LIMITS.trendWindowS;
}

function restored(state: PersonState, stale: StaleParts, readings: readonly Reading[]): PersonState {
  const next = {
    ...state,
    latest: refound(
      state.latest,
      stale.latest,
      readings.filter(({ kind }) => kind !== "target"),
    ),
    target: refound(
      state.target,
      stale.target,
      readings.filter(({ kind }) => kind === "target"),
    ),
  };
  return stale.history ? { ...next, ...historyOf(readings.filter(({ kind }) => kind === "weigh_in")) } : next;
}

function refound(
  known: Readonly<Record<string, LatestValue>>,
  stale: ReadonlySet<string>,
  readings: readonly Reading[],
): Readonly<Record<string, LatestValue>> {
  // A value that came of age, since its date was in the future, is newer than what is known: every key is looked at.
  const result = Object.fromEntries(Object.entries(known).filter(([key]) => !stale.has(key)));
  for (const { latest } of readings)
    for (const [key, value] of Object.entries(latest)) if (isNewer(value, result[key])) result[key] = value;
  return result;
}

/** `weighIns` are the newest first. */
function historyOf(weighIns: readonly Reading[]): Pick<PersonState, "lastWeighIn" | "previousWeight" | "trend"> {
  const [last, previous] = weighIns;
  if (last === undefined) return { lastWeighIn: null, previousWeight: null, trend: null };
  let trend: PersonState["trend"] = null;
  for (const weighIn of weighIns.toReversed())
    if (weighIn.measuredAt >= last.measuredAt - SYNC_LIMITS.trendWindowS)
      trend = nextTrend(trend, weightOf(weighIn), weighIn.measuredAt);
  return { lastWeighIn: weighInOf(last), previousWeight: previous ? weightOf(previous) : null, trend };
}
