import type { MeasureGroup } from "../domain/measure-group.ts";
import type { AmbiguousPolicy, LatestValue, PersonState, Verdict } from "../domain/weigh-in.ts";
import type { GroupReader } from "../ports/person-store.ts";
import { nextTrend } from "./derive.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { isAmbiguous, type Reading, readingsOf } from "./readings.ts";
import { isNewer, weighInOf, weightOf } from "./state.ts";

/** What of a state can no longer be trusted, since something under it was edited, deleted, or came late. */
export interface Doubt {
  readonly latest: ReadonlySet<string>;
  readonly target: ReadonlySet<string>;
  /** The last weigh-in, the weight before it, and the trend. */
  readonly history: boolean;
}

export const isDoubtful = ({ latest, target, history }: Doubt): boolean => history || latest.size + target.size > 0;

export interface Past {
  readonly reader: Pick<GroupReader, "before">;
  readonly policy: AmbiguousPolicy;
  verdictsOn(ambiguous: readonly MeasureGroup[]): Promise<ReadonlyMap<number, Verdict>>;
}

/** Reads back in time, no further than needed, until everything doubtful is known again. */
export async function rebuild(state: PersonState, doubt: Doubt, past: Past): Promise<PersonState> {
  const groups = new Map<number, MeasureGroup>();
  const verdicts = new Map<number, Verdict>();
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
    const readings = readingsOf([...groups.values()], { policy: past.policy, verdicts })
      .filter(({ standing, measuredAt }) => standing === "accepted" && measuredAt >= trustedFrom)
      .reverse();
    if (isAll || isKnown(readings, doubt)) return restored(state, doubt, readings);
  }
}

/** `readings` are the newest first. */
function isKnown(readings: readonly Reading[], doubt: Doubt): boolean {
  const found = { latest: new Set<string>(), target: new Set<string>() };
  for (const { kind, latest } of readings)
    for (const key of Object.keys(latest)) found[kind === "target" ? "target" : "latest"].add(key);
  if (![...doubt.latest].every((key) => found.latest.has(key))) return false;
  if (![...doubt.target].every((key) => found.target.has(key))) return false;
  if (!doubt.history) return true;
  const weighIns = readings.filter(({ kind }) => kind === "weigh_in");
  const [last, oldest] = [weighIns[0], weighIns.at(-1)];
  if (!last || !oldest || weighIns.length < 2) return false;
  return oldest.measuredAt < last.measuredAt - SYNC_LIMITS.trendWindowS;
}

function restored(state: PersonState, doubt: Doubt, readings: readonly Reading[]): PersonState {
  const next = {
    ...state,
    latest: refound(
      state.latest,
      doubt.latest,
      readings.filter(({ kind }) => kind !== "target"),
    ),
    target: refound(
      state.target,
      doubt.target,
      readings.filter(({ kind }) => kind === "target"),
    ),
  };
  return doubt.history ? { ...next, ...historyOf(readings.filter(({ kind }) => kind === "weigh_in")) } : next;
}

function refound(
  known: Readonly<Record<string, LatestValue>>,
  doubtful: ReadonlySet<string>,
  readings: readonly Reading[],
): Readonly<Record<string, LatestValue>> {
  const result = Object.fromEntries(Object.entries(known).filter(([key]) => !doubtful.has(key)));
  for (const { latest } of readings)
    for (const [key, value] of Object.entries(latest))
      if (doubtful.has(key) && isNewer(value, result[key])) result[key] = value;
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
