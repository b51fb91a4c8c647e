import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { Derived, PersonEvent, PersonState, Verdict } from "../domain/weigh-in.ts";
import type { GroupReader, SyncChange, SyncedPerson } from "../ports/person-store.ts";
import { derive, NOTHING_DERIVED } from "./derive.ts";
import { type Diff, isEmptyDiff } from "./diff.ts";
import { eventId } from "./event-id.ts";
import { fold } from "./fold.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { isAmbiguous, type Reading, readingsOf } from "./readings.ts";
import { isDoubtful, rebuild } from "./rebuild.ts";
import { overlay } from "./stale-parts.ts";
import { type Transition, transitionsOf } from "./transitions.ts";

export interface Context {
  readonly person: SyncedPerson;
  readonly reader: GroupReader;
  readonly now: EpochSeconds;
  /** Stored groups that were read for the diff already, with the span that they cover. */
  readonly known?: { readonly from: EpochSeconds; readonly to: EpochSeconds; readonly groups: readonly MeasureGroup[] };
  /** A verdict that is being given now. */
  readonly verdict?: { readonly weighInId: number; readonly verdict: Verdict };
  /** With a verdict: the group that it is about. */
  readonly judged?: MeasureGroup;
}

/** What a difference means: events, and the person's state after them. */
export async function applyDiff(diff: Diff, context: Context): Promise<SyncChange> {
  const { person, verdict, judged } = context;
  if (isEmptyDiff(diff) && judged === undefined) return { upserts: [], removals: [], events: [], state: person.state };
  const upserts = [...diff.added, ...diff.changed.map(({ after }) => after)];
  const removals = diff.gone.map(({ id }) => id);
  const stored = await neighbourhood(diff, context);
  const replaced = new Set([...removals, ...upserts.map(({ id }) => id)]);
  const present = [...stored.filter(({ id }) => !replaced.has(id)), ...upserts];

  const verdicts = await verdictsOn([...stored, ...upserts].filter(isAmbiguous), context.reader);
  const policy = person.ambiguous;
  const judgedNow = verdict ? new Map(verdicts).set(verdict.weighInId, verdict.verdict) : verdicts;
  const before = readingsOf(stored, { policy, verdicts });
  const after = readingsOf(present, { policy, verdicts: judgedNow });
  const transitions = transitionsOf(before, after, new Set(upserts.map(({ id }) => id)));

  const folded = fold(person.state, transitions);
  const past = {
    reader: overlay(context.reader, upserts, removals),
    policy,
    verdictsOn: async (groups: readonly MeasureGroup[]) => {
      const known = await verdictsOn(groups, context.reader);
      return verdict ? new Map(known).set(verdict.weighInId, verdict.verdict) : known;
    },
  };
  const state = isDoubtful(folded.doubt) ? await rebuild(folded.state, folded.doubt, past) : folded.state;
  const events = eventsOf(transitions, { context, state, derivedAt: folded.derivedAt });
  return { upserts, removals, events, state, ...(verdict ? { verdict } : {}) };
}

const verdictsOn = async (
  groups: readonly MeasureGroup[],
  reader: GroupReader,
): Promise<ReadonlyMap<number, Verdict>> =>
  groups.length === 0 ? new Map() : reader.verdicts(groups.map(({ id }) => id));

/**
 * Stored groups around everything that a diff touches: a group can change the weigh-ins within reach, those lose or win companions
 * within reach, and who owns these depends on their neighbours.
 */
async function neighbourhood({ added, changed, gone }: Diff, { reader, known, judged }: Context) {
  const edits = changed.flatMap(({ before, after }) => [before, after]);
  const touched = [...added, ...edits, ...gone, ...(judged ? [judged] : [])].map(({ measuredAt }) => measuredAt);
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

interface Telling {
  readonly context: Context;
  readonly state: PersonState;
  readonly derivedAt: ReadonlyMap<number, Derived>;
}

function eventsOf(transitions: readonly Transition[], telling: Telling): PersonEvent[] {
  const { person } = telling.context;
  // The first sync fills the history; only what was measured since the person was added is news.
  const isNews = (measuredAt: EpochSeconds) => person.cursor !== null || measuredAt >= person.addedAt;
  const events: PersonEvent[] = [];
  let newest = person.state.lastWeighIn?.measuredAt ?? -Infinity;
  const ordered = transitions
    .map(({ kind, before, after }) => ({ kind, reading: (after ?? before) as Reading }))
    .sort((a, b) => a.reading.measuredAt - b.reading.measuredAt || a.reading.id - b.reading.id);
  for (const { kind, reading } of ordered) {
    if (kind !== "unannounced" && isNews(reading.measuredAt))
      events.push(eventOf(kind, reading, reading.measuredAt < newest, telling));
    if (kind === "weigh_in") newest = Math.max(newest, reading.measuredAt);
  }
  return events;
}

function eventOf(kind: PersonEvent["kind"], reading: Reading, backdated: boolean, telling: Telling): PersonEvent {
  const { context, state, derivedAt } = telling;
  const { id: subjectId, measuredAt, attribution, values, comment } = reading;
  const content = { subjectId, measuredAt, attribution, values, ...(comment === undefined ? {} : { comment }) };
  const isNewest = state.lastWeighIn?.id === subjectId && kind !== "weigh_in_deleted";
  const derived = derivedAt.get(subjectId) ?? (isNewest || kind === "target_set" ? derive(state) : NOTHING_DERIVED);
  const id = eventId(context.person.key, kind, content);
  return { id, kind, ...content, recordedAt: context.now, backdated, derived };
}
