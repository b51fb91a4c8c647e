import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Window } from "../domain/window.ts";
import type { SyncChange } from "../ports/person-store.ts";
import { type SyncInput, secondsNow } from "./fetched.ts";
import { today } from "./horizon.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { refreshed } from "./refresh.ts";
import { nextSlice, stretchesOf } from "./stretches.ts";
import { compareAll } from "./window.ts";

/**
 * Reads the recent past again, whatever is dated later, and a slice of the older past: finds what was edited, deleted, or came late without a
 * notification. Ends with a look at the state itself. A host commits each change before it asks for the next; the last one remembers that
 * the re-read was done. Throws what the API throws.
 */
export async function* syncReread(input: SyncInput): AsyncGenerator<SyncChange, void, void> {
  const { reader, clock } = input;
  let { person } = input;
  const now = secondsNow(clock);
  const span = (await reader.span()) ?? { from: now, to: now };
  const slice = nextSlice(person.memory, span.from, now);
  let serverTime: EpochSeconds | undefined;
  for (const range of [...recentOf(now, span), ...(await doubtfulOf(input, now)), slice.window])
    for await (const change of compareAll({ ...input, person }, stretchesOf(reader, range), false)) {
      const skew = change.observed?.clockSkewS;
      if (skew !== undefined) serverTime = now + skew;
      person = { ...person, state: change.state, memory: { ...person.memory, ...change.memory } };
      yield change;
    }
  const state = await refreshed(person.state, { reader, today: today({ now, serverTime }) });
  yield { upserts: [], removals: [], events: [], state, memory: { rereadAt: now, sliceTo: slice.sliceTo } };
}

/** Older groups that were missed before: their slice would come again in weeks only. */
async function doubtfulOf({ person, reader }: SyncInput, now: EpochSeconds): Promise<Window[]> {
  const ids = Object.keys(person.memory.missing ?? {}).slice(0, SYNC_LIMITS.doubtfulGroups);
  const groups = await reader.byIds(ids.map(Number));
  const older = groups.filter(({ measuredAt }) => measuredAt < now - SYNC_LIMITS.recentS);
  return older.map(({ measuredAt }) => ({ from: measuredAt, to: measuredAt }));
}

/** The last weeks, and apart from them what is dated later: one date in the far future must not widen the rest. */
function recentOf(now: EpochSeconds, { to: newest }: Window): Window[] {
  const recent = { from: Math.max(0, now - SYNC_LIMITS.recentS), to: now + SYNC_LIMITS.futureS };
  return newest > recent.to ? [{ from: recent.to + 1, to: newest }, recent] : [recent];
}
