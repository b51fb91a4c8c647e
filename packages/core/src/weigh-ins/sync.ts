import type { Clock } from "../clock.ts";
import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { Profile } from "../domain/profile.ts";
import type { PersonEvent, Verdict } from "../domain/weigh-in.ts";
import type { Window } from "../domain/window.ts";
import type { GroupQuery, PersonApi } from "../ports/person-api.ts";
import type { GroupReader, SyncChange, SyncedPerson } from "../ports/person-store.ts";
import { applyDiff } from "./apply.ts";
import { derive } from "./derive.ts";
import { diffGroups } from "./diff.ts";
import { eventId } from "./event-id.ts";
import { SYNC_LIMITS } from "./limits.ts";

export interface SyncInput {
  readonly api: PersonApi;
  readonly person: SyncedPerson;
  readonly reader: GroupReader;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const secondsNow = (clock: Clock): EpochSeconds => Math.floor(clock.now() / 1000);

/**
 * Follows a hint: what was measured in the window (both ends included, widened by a second) is fetched and compared with what is stored
 * there, so that also edits and deletions show. Never moves the cursor. Throws what the API throws.
 */
export async function syncWindow({ window, ...input }: SyncInput & { readonly window: Window }): Promise<SyncChange> {
  const { person, reader, clock } = input;
  // Anybody who knows the callback's URL may name any second.
  const from = Math.max(0, window.from - SYNC_LIMITS.widenS);
  const to = Math.min(SYNC_LIMITS.latestS, window.to + SYNC_LIMITS.widenS);
  const fetched = await allGroups(input, { from, to });
  // One read serves the comparison and, mostly, the neighbourhood of what it finds.
  const margin = 3 * SYNC_LIMITS.reachS + SYNC_LIMITS.widenS;
  const known = { from: from - margin, to: to + margin };
  const groups = await reader.between(known.from, known.to);
  const isInWindow = ({ measuredAt }: MeasureGroup) => measuredAt >= from && measuredAt <= to;
  const seen = new Set(fetched.map(({ id }) => id));
  const missing = groups.filter((group) => isInWindow(group) && !seen.has(group.id));
  // An edit can have moved a group out of the window: only what was not modified either is gone.
  const moved = missing.length > 0 && person.cursor !== null ? await allGroups(input, since(person.cursor)) : [];
  const all = [...new Map([...moved, ...fetched].map((group) => [group.id, group])).values()];
  const stored = await withElsewhere(reader, groups, all);
  const diff = diffGroups(stored, all, isInWindow);
  return applyDiff(diff, { person, reader, now: secondsNow(clock), known: { ...known, groups } });
}

/**
 * Asks for everything that was added or modified since the cursor; for everything at all without one. A host commits each change before it
 * asks for the next; the last one carries the new cursor. What was deleted does not show here.
 */
export async function* syncPoll(input: SyncInput): AsyncGenerator<SyncChange, void, void> {
  const { api, person, reader, clock, signal } = input;
  const query: GroupQuery = person.cursor === null ? {} : since(person.cursor);
  let { state } = person;
  let cursor = Infinity;
  let chunk: MeasureGroup[] = [];
  const next = async (): Promise<SyncChange> => {
    const stored = await reader.byIds(chunk.map(({ id }) => id));
    const diff = diffGroups(stored, chunk, () => false);
    const change = await applyDiff(diff, { person: { ...person, state }, reader, now: secondsNow(clock) });
    chunk = [];
    state = change.state;
    return change;
  };
  for await (const { groups, updateTime } of api.measureGroups(query, signal ? { signal } : {})) {
    // What changes while pages are walked may miss this walk: the earliest answer counts.
    cursor = Math.min(cursor, updateTime);
    for (const group of groups) {
      if (chunk.length >= SYNC_LIMITS.chunkGroups) yield await next();
      chunk.push(group);
    }
  }
  const change = await next();
  yield Number.isFinite(cursor) ? { ...change, cursor } : change;
}

/** Compares a range of the past with the API, slice by slice: finds what was edited or deleted unseen. A host commits each change before the next. */
export async function* syncReread(
  input: SyncInput & { readonly range: Window },
): AsyncGenerator<SyncChange, void, void> {
  const { range, ...rest } = input;
  let { state } = input.person;
  for (let { from } = range; from <= range.to; from += SYNC_LIMITS.rereadSliceS) {
    const window = { from, to: Math.min(from + SYNC_LIMITS.rereadSliceS - 1, range.to) };
    const change = await syncWindow({ ...rest, person: { ...input.person, state }, window });
    state = change.state;
    yield change;
  }
}

/** Claims or refuses a held weigh-in; undefined where no such group is stored. Also takes back an earlier verdict. */
export async function decide(
  input: Omit<SyncInput, "api" | "signal"> & { readonly weighInId: number; readonly verdict: Verdict },
): Promise<SyncChange | undefined> {
  const { person, reader, clock, weighInId, verdict } = input;
  const [judged] = await reader.byIds([weighInId]);
  if (judged === undefined) return undefined;
  const diff = { added: [], changed: [], gone: [] };
  // A verdict is news whenever the weigh-in was.
  const asked = { ...person, cursor: person.cursor ?? 0 };
  return applyDiff(diff, { person: asked, reader, now: secondsNow(clock), verdict: { weighInId, verdict }, judged });
}

/** Takes a freshly read profile in; undefined where nothing changed. The first one is no event. */
export function applyProfile(
  input: Pick<SyncInput, "person" | "clock"> & { readonly profile: Profile },
): SyncChange | undefined {
  const { person, clock, profile } = input;
  const { profile: known } = person.state;
  if (JSON.stringify(known) === JSON.stringify(profile)) return undefined;
  const state = { ...person.state, profile };
  return { upserts: [], removals: [], events: known === null ? [] : [profileEvent(person.key, state, clock)], state };
}

function profileEvent(personKey: string, state: SyncedPerson["state"], clock: Clock): PersonEvent {
  const profile = state.profile as Profile;
  const now = secondsNow(clock);
  const content = { subjectId: null, measuredAt: now, attribution: null, values: {}, profile };
  const id = eventId(personKey, "profile_updated", content);
  return { id, kind: "profile_updated", ...content, recordedAt: now, backdated: false, derived: derive(state) };
}

const since = (cursor: EpochSeconds): GroupQuery => ({ modifiedSince: Math.max(0, cursor - SYNC_LIMITS.overlapS) });

async function allGroups({ api, signal }: SyncInput, query: GroupQuery): Promise<MeasureGroup[]> {
  const all: MeasureGroup[] = [];
  for await (const { groups } of api.measureGroups(query, signal ? { signal } : {})) all.push(...groups);
  return all;
}

/** Fetched groups may be stored at another time, from before an edit. */
async function withElsewhere(reader: GroupReader, near: readonly MeasureGroup[], fetched: readonly MeasureGroup[]) {
  const known = new Set(near.map(({ id }) => id));
  const others = fetched.map(({ id }) => id).filter((id) => !known.has(id));
  return others.length === 0 ? near : [...near, ...(await reader.byIds(others))];
}
