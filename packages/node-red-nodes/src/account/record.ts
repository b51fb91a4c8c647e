import {
  type EpochSeconds,
  emptyPersonState,
  type FollowMemory,
  type MeasureGroup,
  type PersonCommit,
  type PersonEvent,
  type PersonState,
  type StoredHint,
  type SubscriptionReport,
  type SyncChange,
  type Verdict,
  type Window,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

/** Everything of a person that must survive a restart. Plain data, kept as one file; never holds a key. */
export interface AccountRecord {
  readonly version: 1;
  readonly key: string;
  /** What was measured before it makes no events. */
  readonly addedAt: EpochSeconds;
  readonly cursor: EpochSeconds | null;
  readonly state: PersonState;
  /** By ascending time of measuring. */
  readonly groups: readonly MeasureGroup[];
  /** By the id of the weigh-in. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** In the order of taking. */
  readonly hints: readonly StoredHint[];
  /** The id of the hint that was taken last. */
  readonly lastHintId?: number;
  /** Events that may not have been sent yet, oldest first. */
  readonly outbox: readonly PersonEvent[];
  /** By the id of the weigh-in node. */
  readonly subscriptions: Readonly<Record<string, SubscriptionReport>>;
  readonly memory?: FollowMemory;
  /** By subject, how many events it had. */
  readonly eventCounts?: Readonly<Record<string, number>>;
}

export function newRecord(key: string, addedAt: EpochSeconds): AccountRecord {
  return {
    version: 1,
    key,
    addedAt,
    cursor: null,
    state: emptyPersonState(),
    groups: [],
    verdicts: {},
    hints: [],
    outbox: [],
    subscriptions: {},
  };
}

/** Whether this came out of a file of ours, for this person. */
export function isRecordOf(key: string, value: unknown): value is AccountRecord {
  if (typeof value !== "object" || value === null) return false;
  const {
    version,
    key: owner,
    addedAt,
    state,
    verdicts,
    subscriptions,
    groups,
    hints,
    outbox,
  } = value as AccountRecord;
  const isWhole = (number: unknown) => Number.isSafeInteger(number);
  return (
    version === 1 &&
    owner === key &&
    isWhole(addedAt) &&
    [state, state?.latest, state?.target, verdicts, subscriptions].every(isObject) &&
    isListOf(groups, ({ id, measuredAt, measures }) => isWhole(id) && isWhole(measuredAt) && Array.isArray(measures)) &&
    isListOf(hints, ({ id, takenAt }) => isWhole(id) && isWhole(takenAt)) &&
    isListOf(outbox, ({ id, kind, values }) => typeof id === "string" && typeof kind === "string" && isObject(values))
  );
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const isListOf = <T>(list: readonly T[], fits: (item: T) => boolean): boolean =>
  Array.isArray(list) && list.every((item) => isObject(item) && fits(item));

export const isSameWindow = (a: Window | null, b: Window | null): boolean => a?.from === b?.from && a?.to === b?.to;

/** One that waits already is replaced: the API has to be asked again after the newer one came. */
export function withHint(record: AccountRecord, window: Window | null, takenAt: EpochSeconds): AccountRecord {
  const id = (record.lastHintId ?? 0) + 1;
  const others = record.hints.filter((hint) => !isSameWindow(hint.window, window));
  return { ...record, lastHintId: id, hints: [...others, { id, window, takenAt, tries: 0, nextAt: 0 }] };
}

/** What a turn found, the hints that it followed, and the events that are now owed. */
export function withCommit(record: AccountRecord, commit: PersonCommit): AccountRecord {
  const { change, memory, doneHints = [], triedHints = [] } = commit;
  const next = change === undefined ? record : withChange(record, change);
  return { ...next, ...(memory && { memory }), hints: hintsAfter(next.hints, doneHints, triedHints) };
}

function hintsAfter(
  hints: readonly StoredHint[],
  done: readonly number[],
  tried: NonNullable<PersonCommit["triedHints"]>,
): readonly StoredHint[] {
  if (done.length + tried.length === 0) return hints;
  const again = new Map(tried.map((hint) => [hint.id, hint]));
  return hints.filter(({ id }) => !done.includes(id)).map((hint) => ({ ...hint, ...again.get(hint.id) }));
}

function withChange(record: AccountRecord, change: SyncChange): AccountRecord {
  const { upserts, removals, events, state, cursor, verdict } = change;
  return {
    ...record,
    state,
    cursor: cursor ?? record.cursor,
    groups: upserts.length + removals.length === 0 ? record.groups : withGroups(record.groups, upserts, removals),
    verdicts: verdict ? { ...record.verdicts, [verdict.weighInId]: verdict.verdict } : record.verdicts,
    outbox: events.length === 0 ? record.outbox : [...record.outbox, ...events],
    ...(events.length > 0 && { eventCounts: counted(record.eventCounts, events) }),
  };
}

function counted(
  counts: Readonly<Record<string, number>> = {},
  events: readonly PersonEvent[],
): Readonly<Record<string, number>> {
  const next = { ...counts };
  for (const { subjectId } of events) if (subjectId !== null) next[subjectId] = (next[subjectId] ?? 0) + 1;
  return next;
}

function withGroups(
  groups: readonly MeasureGroup[],
  upserts: readonly MeasureGroup[],
  removals: readonly number[],
): readonly MeasureGroup[] {
  const replaced = new Set([...removals, ...upserts.map(({ id }) => id)]);
  return [...groups.filter(({ id }) => !replaced.has(id)), ...upserts]
    .sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id)
    .slice(-LIMITS.storedGroups);
}

export function withoutEvents(record: AccountRecord, sent: ReadonlySet<string>): AccountRecord {
  return { ...record, outbox: record.outbox.filter(({ id }) => !sent.has(id)) };
}

/** Undefined forgets it. */
export function withSubscription(
  record: AccountRecord,
  nodeId: string,
  report: SubscriptionReport | undefined,
): AccountRecord {
  const { [nodeId]: _before, ...others } = record.subscriptions;
  return { ...record, subscriptions: report === undefined ? others : { ...others, [nodeId]: report } };
}
