import {
  admitHint,
  type EpochSeconds,
  emptyPersonState,
  type FollowMemory,
  type MeasureGroup,
  type PersonCommit,
  type PersonEvent,
  type PersonState,
  type StoredHint,
  type StoredVerdict,
  type SubscriptionReport,
  type SyncChange,
  type Window,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import { GroupHistory } from "./group-history.ts";

/** Everything of a person that must survive a restart, apart from groups. Plain data; never holds a key. */
interface Base {
  /** Weigh-ins measured before it make no events. */
  readonly addedAt: EpochSeconds;
  readonly cursor: EpochSeconds | null;
  readonly state: PersonState;
  readonly memory: FollowMemory;
  /** By the id of the weigh-in. */
  readonly verdicts: Readonly<Record<string, StoredVerdict>>;
  /** By subject, how many events it had. */
  readonly eventCounts: Readonly<Record<string, number>>;
  /** In the order of taking. */
  readonly hints: readonly StoredHint[];
  /** The id of the hint that was taken last. */
  readonly lastHintId: number;
  /** Events that may not have been sent yet, oldest first. */
  readonly outbox: readonly PersonEvent[];
  /** Of an earlier version, which kept one for each weigh-in node, by its id: to be ended. */
  readonly subscriptions?: Readonly<Record<string, SubscriptionReport>>;
  /** The one that the follower looks after. */
  readonly subscription?: SubscriptionReport;
}

export interface AccountRecord extends Base {
  readonly groups: GroupHistory;
}

/** One step of a record's life: a line of its file. Several may stand in one entry; `base` replaces all that came before. */
export interface RecordEntry {
  readonly base?: Base;
  readonly groups?: readonly MeasureGroup[];
  readonly hint?: { readonly window: Window | null; readonly takenAt: EpochSeconds };
  readonly commit?: PersonCommit;
  /** Ids of events that were sent. */
  readonly sent?: readonly string[];
  /** Of a weigh-in node of an earlier version. Null: it was ended. */
  readonly subscription?: { readonly nodeId: string; readonly report: SubscriptionReport | null };
  /** All subscriptions were ended. */
  readonly isUnsubscribed?: true;
}

export const newRecord = (addedAt: EpochSeconds): AccountRecord => ({
  addedAt,
  cursor: null,
  state: emptyPersonState(),
  memory: {},
  verdicts: {},
  eventCounts: {},
  hints: [],
  lastHintId: 0,
  outbox: [],
  groups: new GroupHistory(LIMITS.storedGroups),
});

/** The record after a step. Groups are changed in place, since copying tens of thousands would hold up Node-RED. */
export function recordAfterEntry(record: AccountRecord, entry: RecordEntry): AccountRecord {
  const { base, groups, hint, commit, sent, subscription, isUnsubscribed } = entry;
  let next = record;
  if (base) next = { ...base, groups: new GroupHistory(LIMITS.storedGroups) };
  if (groups) next.groups.put(groups);
  if (hint) next = withHint(next, hint.window, hint.takenAt);
  if (commit) next = withCommit(next, commit);
  if (sent) next = { ...next, outbox: next.outbox.filter(({ id }) => !sent.includes(id)) };
  if (subscription) next = withSubscription(next, subscription.nodeId, subscription.report);
  return isUnsubscribed ? withoutSubscriptions(next) : next;
}

/** The shortest file that gives this record. */
export function* entriesOf({ groups, ...base }: AccountRecord): Generator<RecordEntry> {
  yield { base };
  for (const part of groups.parts(LIMITS.groupsPerLine)) yield { groups: part };
}

function withHint(record: AccountRecord, window: Window | null, takenAt: EpochSeconds): AccountRecord {
  const { dropped, added } = admitHint(record.hints, window);
  const fresh = added.map((one, index) => {
    return { id: record.lastHintId + 1 + index, window: one, takenAt, tries: 0, nextAt: 0 };
  });
  const kept = record.hints.filter(({ id }) => !dropped.includes(id));
  return { ...record, lastHintId: record.lastHintId + added.length, hints: [...kept, ...fresh] };
}

function withCommit(record: AccountRecord, commit: PersonCommit): AccountRecord {
  const { change, memory, subscription, doneHints = [], triedHints = [] } = commit;
  const next = change === undefined ? record : withChange(record, change);
  const kept = { ...(memory && { memory }), ...(subscription && { subscription }) };
  return { ...next, ...kept, hints: hintsAfter(next.hints, doneHints, triedHints) };
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
  const { upserts, removals, events, state, cursor, verdicts = [] } = change;
  for (const id of removals) record.groups.remove(id);
  record.groups.put(upserts);
  return {
    ...record,
    state,
    cursor: cursor ?? record.cursor,
    verdicts: verdicts.length === 0 ? record.verdicts : judged(record.verdicts, verdicts),
    ...(events.length > 0 && {
      outbox: [...record.outbox, ...events],
      eventCounts: counted(record.eventCounts, events),
    }),
  };
}

const judged = (known: AccountRecord["verdicts"], verdicts: NonNullable<SyncChange["verdicts"]>) => ({
  ...known,
  ...Object.fromEntries(verdicts.map(({ weighInId, verdict }) => [weighInId, verdict])),
});

function counted(counts: Readonly<Record<string, number>>, events: readonly PersonEvent[]) {
  const next = { ...counts };
  for (const { subjectId } of events) if (subjectId !== null) next[subjectId] = (next[subjectId] ?? 0) + 1;
  return next;
}

function withSubscription(record: AccountRecord, nodeId: string, report: SubscriptionReport | null): AccountRecord {
  const { subscriptions = {}, ...rest } = record;
  const { [nodeId]: _before, ...others } = subscriptions;
  const after = report === null ? others : { ...others, [nodeId]: report };
  return Object.keys(after).length === 0 ? rest : { ...rest, subscriptions: after };
}

function withoutSubscriptions({
  subscription: _one,
  subscriptions: _earlier,
  ...record
}: AccountRecord): AccountRecord {
  return record;
}

/** Callback URLs of a report under which there may be a subscription. */
export const urlsOf = ({ callbackUrl, previousUrl }: SubscriptionReport): readonly string[] =>
  previousUrl === undefined ? [callbackUrl] : [callbackUrl, previousUrl];
