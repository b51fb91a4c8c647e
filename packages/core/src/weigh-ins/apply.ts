import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { Verdict } from "../domain/weigh-in.ts";
import type { GroupReader, StoredVerdict, SyncChange, SyncedPerson } from "../ports/person-store.ts";
import { type Diff, isEmptyDiff } from "./diff.ts";
import { eventsOf } from "./events.ts";
import { fold } from "./fold.ts";
import { horizonOf } from "./horizon.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { type Reading, readingsOf } from "./readings.ts";
import { rebuild } from "./rebuild.ts";
import { isAnyStale } from "./stale-parts.ts";
import { isAmbiguous, type Standing, standingFromNow, standingUntilNow } from "./standing.ts";
import { storedAfter } from "./stored-after.ts";
import { transitionsOf } from "./transitions.ts";

export interface Context {
  readonly person: SyncedPerson;
  readonly reader: GroupReader;
  readonly now: EpochSeconds;
  /** The clock of the server that answered. */
  readonly serverTime?: EpochSeconds | undefined;
  /** Stored groups that were read for the diff already, with the span that they cover. */
  readonly known?: { readonly from: EpochSeconds; readonly to: EpochSeconds; readonly groups: readonly MeasureGroup[] };
  /** A verdict that is being given now, and the group that it is about. */
  readonly judged?: { readonly group: MeasureGroup; readonly verdict: Verdict };
}

/** Turns a difference into events and the person's state after them. */
export async function applyDiff(diff: Diff, context: Context): Promise<SyncChange> {
  const { person, reader, judged, now, serverTime } = context;
  if (isEmptyDiff(diff) && judged === undefined) return { upserts: [], removals: [], events: [], state: person.state };
  const upserts = [...diff.added, ...diff.changed.map(({ after }) => after)];
  const removals = diff.gone.map(({ id }) => id);
  const stored = await neighbourhood(diff, context);
  const replaced = new Set([...removals, ...upserts.map(({ id }) => id)]);
  const present = [...stored.filter(({ id }) => !replaced.has(id)), ...upserts];

  const { before, after, verdicts } = await judgedReadings(stored, present, replaced, context);
  const transitions = transitionsOf(before, after, new Set(upserts.map(({ id }) => id)));
  const horizon = horizonOf({ now, serverTime, state: person.state });
  const folded = fold(person.state, transitions, horizon);
  const past = {
    reader: storedAfter(reader, upserts, removals),
    horizon,
    verdictsOn: async (groups: readonly MeasureGroup[]) => {
      const known = await reader.verdicts(groups.map(({ id }) => id));
      return new Map([...known, ...verdicts]);
    },
  };
  const state = isAnyStale(folded.stale) ? await rebuild(folded.state, folded.stale, past) : folded.state;
  const events = await eventsOf(transitions, { context, state, stateAt: folded.stateAt, horizon });
  return { upserts, removals, events, state, ...(verdicts.size > 0 && { verdicts: listed(verdicts) }) };
}

const listed = (verdicts: ReadonlyMap<number, StoredVerdict>) =>
  [...verdicts].map(([weighInId, verdict]) => ({ weighInId, verdict }));

/** The readings before and after, and the verdicts that are new. */
async function judgedReadings(
  stored: readonly MeasureGroup[],
  present: readonly MeasureGroup[],
  replaced: ReadonlySet<number>,
  { person, reader, judged }: Context,
) {
  const ids = [...new Set([...stored, ...present].filter(isAmbiguous).map(({ id }) => id))];
  const known = ids.length === 0 ? NOTHING_KNOWN : await storedAbout(reader, ids);
  const before = readingsOf(stored, standingUntilNow(known));
  const unchanged = new Map<number, Standing>();
  for (const { id, standing, isAmbiguous: isOpen } of before)
    if (isOpen && !replaced.has(id)) unchanged.set(id, standing);
  const verdicts = new Map<number, StoredVerdict>(judged ? [[judged.group.id, judged.verdict]] : []);
  const standingOf = standingFromNow(
    { verdicts: new Map([...known.verdicts, ...verdicts]) },
    person.ambiguous,
    unchanged,
  );
  const after = readingsOf(present, standingOf);
  for (const id of newlyCounted(after, known.verdicts)) if (!verdicts.has(id)) verdicts.set(id, "counted");
  return { before, after, verdicts };
}

/** Ambiguous readings that the policy accepted. It is written down, since the policy can change. */
const newlyCounted = (after: readonly Reading[], known: ReadonlyMap<number, StoredVerdict>): number[] =>
  after
    .filter(({ kind, isAmbiguous: isOpen }) => kind !== "target" && isOpen)
    .filter(({ id, standing }) => standing === "accepted" && !known.has(id))
    .map(({ id }) => id);

const NOTHING_KNOWN = { verdicts: new Map<number, StoredVerdict>(), eventCounts: new Map<number, number>() };

async function storedAbout(reader: GroupReader, ids: readonly number[]) {
  const [verdicts, eventCounts] = await Promise.all([reader.verdicts(ids), reader.eventCounts(ids)]);
  return { verdicts, eventCounts };
}

/**
 * Stored groups around everything that a diff touches: a group can change the weigh-ins within reach, those lose or win companions
 * within reach, and who owns these depends on their neighbours.
 */
async function neighbourhood({ added, changed, gone }: Diff, { reader, known, judged }: Context) {
  const edits = changed.flatMap(({ before, after }) => [before, after]);
  const touched = [...added, ...edits, ...gone, ...(judged ? [judged.group] : [])].map(({ measuredAt }) => measuredAt);
  const spans = spansAround(touched, 3 * SYNC_LIMITS.reachS);
  const found = new Map<number, MeasureGroup>();
  for (const { from, to } of spans) {
    const isKnown = known !== undefined && known.from <= from && to <= known.to;
    for (const group of isKnown ? known.groups : await reader.between(from, to)) found.set(group.id, group);
  }
  return [...found.values()];
}

/** Overlapping spans merge; many become one. */
function spansAround(times: readonly EpochSeconds[], radius: number): { from: EpochSeconds; to: EpochSeconds }[] {
  const spans: { from: EpochSeconds; to: EpochSeconds }[] = [];
  for (const at of times.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && at - radius <= last.to) last.to = at + radius;
    else spans.push({ from: at - radius, to: at + radius });
  }
  const [first, last] = [spans[0], spans.at(-1)];
  if (first && last && spans.length > SYNC_LIMITS.separateReads) return [{ from: first.from, to: last.to }];
  return spans;
}
