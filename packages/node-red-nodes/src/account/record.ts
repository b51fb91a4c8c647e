import {
  type EpochSeconds,
  emptyPersonState,
  type MeasureGroup,
  type PersonEvent,
  type PersonState,
  type SubscriptionReport,
  type SyncChange,
  type Verdict,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

/** A notification that was taken in: something happened in this window, both ends included. */
export interface Hint {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** How often it came since it was followed last; once without it. */
  readonly times?: number;
}

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
  readonly hints: readonly Hint[];
  /** Events that may not have been sent yet, oldest first. */
  readonly outbox: readonly PersonEvent[];
  /** By the id of the weigh-in node. */
  readonly subscriptions: Readonly<Record<string, SubscriptionReport>>;
  /** When the past was last read again; absent for never. */
  readonly rereadAt?: EpochSeconds;
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
    isListOf(hints, ({ from, to }) => isWhole(from) && isWhole(to)) &&
    isListOf(outbox, ({ id, kind, values }) => typeof id === "string" && typeof kind === "string" && isObject(values))
  );
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const isListOf = <T>(list: readonly T[], fits: (item: T) => boolean): boolean =>
  Array.isArray(list) && list.every((item) => isObject(item) && fits(item));

export const isSameWindow = (a: Hint, b: Hint): boolean => a.from === b.from && a.to === b.to;

/** One that waits already is counted: what came after it was looked at must be looked at again. */
export function withHint(record: AccountRecord, { from, to }: Hint): AccountRecord {
  const waiting = record.hints.find((hint) => isSameWindow(hint, { from, to }));
  if (waiting === undefined) return { ...record, hints: [...record.hints, { from, to }] };
  const again = { ...waiting, times: (waiting.times ?? 1) + 1 };
  return { ...record, hints: record.hints.map((hint) => (hint === waiting ? again : hint)) };
}

const withoutHints = (hints: readonly Hint[], done: readonly Hint[]) =>
  done.length === 0
    ? hints
    : hints.filter((hint) => !done.some((other) => isSameWindow(hint, other) && hint.times === other.times));

/** What a sync found, the hints that it followed, and the events that are now owed. */
export function withChange(record: AccountRecord, change: SyncChange, done: readonly Hint[]): AccountRecord {
  const { upserts, removals, events, state, cursor, verdict } = change;
  return {
    ...record,
    state,
    cursor: cursor ?? record.cursor,
    groups: upserts.length + removals.length === 0 ? record.groups : withGroups(record.groups, upserts, removals),
    verdicts: verdict ? { ...record.verdicts, [verdict.weighInId]: verdict.verdict } : record.verdicts,
    hints: withoutHints(record.hints, done),
    outbox: events.length === 0 ? record.outbox : [...record.outbox, ...events],
  };
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

export const withReread = (record: AccountRecord, rereadAt: EpochSeconds): AccountRecord => ({ ...record, rereadAt });

/** Undefined forgets it. */
export function withSubscription(
  record: AccountRecord,
  nodeId: string,
  report: SubscriptionReport | undefined,
): AccountRecord {
  const { [nodeId]: _before, ...others } = record.subscriptions;
  return { ...record, subscriptions: report === undefined ? others : { ...others, [nodeId]: report } };
}
