import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { GroupPage } from "../domain/measure-page.ts";
import { RejectedError } from "../errors.ts";
import type { GroupQuery } from "../ports/person-api.ts";
import type { Observed, SyncChange } from "../ports/person-store.ts";
import { applyDiff } from "./apply.ts";
import { cursorAfter, queryOf } from "./cursor.ts";
import { diffGroups } from "./diff.ts";
import { pagesOf, type SyncInput, secondsNow } from "./fetched.ts";
import { SYNC_LIMITS } from "./limits.ts";

/**
 * Asks for everything that was added or modified since the cursor; for everything at all without one. A host commits each change before it
 * asks for the next; the last one carries the new cursor. What was deleted does not show here. Throws what the API throws.
 */
export async function* syncPoll(input: SyncInput): AsyncGenerator<SyncChange, void, void> {
  const { person, reader, clock } = input;
  const query = queryOf(person.cursor, secondsNow(clock));
  let { state } = person;
  let updateTime: EpochSeconds | undefined;
  let serverTime: EpochSeconds | undefined;
  let shown = 0;
  let chunk: MeasureGroup[] = [];
  const next = async (): Promise<SyncChange> => {
    const stored = await reader.byIds(chunk.map(({ id }) => id));
    const diff = diffGroups(stored, chunk, () => false);
    const context = { person: { ...person, state }, reader, now: secondsNow(clock), serverTime };
    const change = await applyDiff(diff, context);
    chunk = [];
    state = change.state;
    return change;
  };
  for await (const { groups, updateTime: time = Infinity, isClock } of pagesOrAll(input, query)) {
    // A change during the walk may be missed by it: the earliest answer counts.
    updateTime = finite(Math.min(updateTime ?? Infinity, time));
    if (isClock !== false) serverTime = updateTime;
    shown += groups.length;
    for (const group of groups) {
      if (chunk.length >= SYNC_LIMITS.chunkGroups) yield await next();
      chunk.push(group);
    }
  }
  const change = await next();
  const now = secondsNow(clock);
  const isComplete = !("modifiedSince" in query);
  const observed = await observedBy(input, { shown, isComplete, now, serverTime });
  yield { ...change, cursor: cursorAfter({ now, serverTime: updateTime }), observed };
}

const finite = (value: number) => (value === Infinity ? undefined : value);

/** A server may refuse a time that it takes for the future: then everything is asked for, which needs no clock. */
async function* pagesOrAll(input: SyncInput, query: GroupQuery): AsyncGenerator<GroupPage> {
  let isAnswered = false;
  try {
    for await (const page of pagesOf(input, query)) {
      isAnswered = true;
      yield page;
    }
  } catch (error) {
    if (isAnswered || !("modifiedSince" in query) || !isRefusedTime(error)) throw error;
    yield* pagesOf(input, {});
  }
}

/** Refused for what was asked, or with a status that no document explains: servers answer so to a parameter that they do not like. */
const isRefusedTime = (error: unknown): boolean =>
  error instanceof RejectedError && (error.actor === "caller" || error.code === `status_${error.status}`);

interface Seen {
  readonly shown: number;
  readonly isComplete: boolean;
  readonly now: EpochSeconds;
  readonly serverTime: EpochSeconds | undefined;
}

async function observedBy({ reader }: SyncInput, { shown, isComplete, now, serverTime }: Seen): Promise<Observed> {
  const skew = serverTime === undefined ? {} : { clockSkewS: serverTime - now };
  if (shown > 0) return { ...skew, isEmpty: false };
  if (!isComplete || (await reader.span()) === null) return skew;
  return { ...skew, isEmpty: true };
}
