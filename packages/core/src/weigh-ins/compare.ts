import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { Window } from "../domain/window.ts";
import type { GroupReader, Observed, SyncChange } from "../ports/person-store.ts";
import { applyDiff } from "./apply.ts";
import { queryOf } from "./cursor.ts";
import { diffGroups } from "./diff.ts";
import { fetched, type SyncInput, secondsNow } from "./fetched.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { judgeMissing } from "./missing.ts";

export interface CompareInput extends SyncInput {
  readonly window: Window;
  /** A notification named this window, so that a deletion in it is expected. */
  readonly isAnnounced: boolean;
}

/** Compares one window with the API. Throws what the API throws. */
export async function compareWindow(input: CompareInput): Promise<SyncChange> {
  const { window, person, reader, clock, isAnnounced } = input;
  const { from, to } = window;
  const answer = await fetched(input, { from, to });
  // One read serves the comparison and, mostly, the neighbourhood of what it finds.
  const margin = 3 * SYNC_LIMITS.reachS + SYNC_LIMITS.widenS;
  const known = { from: from - margin, to: to + margin };
  const groups = await reader.between(known.from, known.to);
  const seen = new Set(answer.groups.map(({ id }) => id));
  const unseen = groups.filter(({ id, measuredAt }) => measuredAt >= from && measuredAt <= to && !seen.has(id));
  const now = secondsNow(clock);
  // An edit can have moved a group out of the window: only what was not modified either is missing.
  const moved =
    unseen.length > 0 && person.cursor !== null ? (await fetched(input, queryOf(person.cursor, now))).groups : [];
  const all = [...new Map([...moved, ...answer.groups].map((group) => [group.id, group])).values()];
  const shown = new Set(all.map(({ id }) => id));
  const missing = unseen.filter(({ id }) => !shown.has(id));
  const isProof = missing.length > 0 && (shown.size > 0 || (await isShowingOthers(input, missing)));
  const remembered = person.memory.missing ?? {};
  const isReadable = answer.skipped === 0;
  const judged = judgeMissing({ missing, shown, isProof: isProof && isReadable, isAnnounced, known: remembered, now });

  const stored = await withElsewhere(reader, groups, all);
  const diff = diffGroups(stored, all, ({ id }) => judged.gone.has(id));
  const { serverTime } = answer;
  const change = await applyDiff(diff, { person, reader, now, serverTime, known: { ...known, groups } });
  const memory = judged.missing === remembered ? {} : { memory: { missing: judged.missing } };
  const isEmpty = shown.size > 0 || isProof || !isReadable ? false : missing.length > 0 ? true : undefined;
  return { ...change, ...memory, observed: observedAt(now, serverTime, isEmpty) };
}

function observedAt(now: EpochSeconds, serverTime: EpochSeconds | undefined, isEmpty: boolean | undefined): Observed {
  return {
    ...(serverTime === undefined ? {} : { clockSkewS: serverTime - now }),
    ...(isEmpty === undefined ? {} : { isEmpty }),
  };
}

/**
 * Whether one answer that should show both shows neighbours of the missing groups, and not them: then it is they that are gone, not all of
 * the person's data. Several neighbours are asked for at once, since those that were deleted, too, prove nothing.
 */
async function isShowingOthers(input: CompareInput, missing: readonly MeasureGroup[]): Promise<boolean> {
  const { window, reader } = input;
  const older = await reader.before(window.from - 1, SYNC_LIMITS.neighbours);
  if (older.length > 0 && (await isShowingWithout(input, missing, older))) return true;
  const newer = await reader.between(window.to + 1, window.to + SYNC_LIMITS.neighbourS);
  return newer.length > 0 && isShowingWithout(input, missing, newer.slice(0, SYNC_LIMITS.neighbours));
}

async function isShowingWithout(
  input: CompareInput,
  missing: readonly MeasureGroup[],
  neighbours: readonly MeasureGroup[],
): Promise<boolean> {
  const { window } = input;
  const times = neighbours.map(({ measuredAt }) => measuredAt);
  const span = { from: Math.max(0, Math.min(window.from, ...times)), to: Math.max(window.to, ...times) };
  const { groups } = await fetched(input, span);
  const shown = new Set(groups.map(({ id }) => id));
  return groups.length > 0 && !missing.some(({ id }) => shown.has(id));
}

/** Fetched groups may be stored at another time, from before an edit. */
async function withElsewhere(reader: GroupReader, near: readonly MeasureGroup[], found: readonly MeasureGroup[]) {
  const known = new Set(near.map(({ id }) => id));
  const others = found.map(({ id }) => id).filter((id) => !known.has(id));
  return others.length === 0 ? near : [...near, ...(await reader.byIds(others))];
}
