import type { Window } from "../domain/window.ts";
import type { SyncChange } from "../ports/person-store.ts";
import { compareWindow } from "./compare.ts";
import type { SyncInput } from "./fetched.ts";
import { SYNC_LIMITS } from "./limits.ts";
import { stretchesOf } from "./stretches.ts";

type WindowInput = SyncInput & { readonly window: Window };

/**
 * Follows a hint: what was measured in the window (both ends included, widened by a second) is fetched and compared with what is stored
 * there, so that also edits and deletions show. Never moves the cursor. Throws what the API throws.
 */
export function syncWindow({ window, ...input }: WindowInput): Promise<SyncChange> {
  return compareWindow({ ...input, window: widened(window), isAnnounced: true });
}

/** Follows a hint of months or years in stretches, the newest first. A host commits each change before it asks for the next. */
export function syncWideWindow({ window, ...input }: WindowInput): AsyncGenerator<SyncChange, void, void> {
  return compareAll(input, stretchesOf(input.reader, widened(window)), true);
}

/** Bounded: a caller of the callback URL may name any second. */
const widened = ({ from, to }: Window): Window => ({
  from: Math.max(0, from - SYNC_LIMITS.widenS),
  to: Math.min(SYNC_LIMITS.latestS, to + SYNC_LIMITS.widenS),
});

/** Compares windows one after the other, each with what the ones before it found. */
export async function* compareAll(
  input: SyncInput,
  windows: AsyncIterable<Window>,
  isAnnounced: boolean,
): AsyncGenerator<SyncChange, void, void> {
  let { person } = input;
  for await (const window of windows) {
    const change = await compareWindow({ ...input, person, window, isAnnounced });
    person = { ...person, state: change.state, memory: { ...person.memory, ...change.memory } };
    yield change;
  }
}
