import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Window } from "../domain/window.ts";
import type { FollowMemory, GroupReader } from "../ports/person-store.ts";
import { SYNC_LIMITS } from "./limits.ts";

/** Windows that together cover a range, the newest first, each with a bounded number of stored groups. */
export async function* stretchesOf(
  reader: Pick<GroupReader, "before">,
  { from, to }: Window,
): AsyncGenerator<Window, void, void> {
  for (let end = to; end >= from; ) {
    const groups = await reader.before(end, SYNC_LIMITS.stretchGroups);
    const isLast = groups.length < SYNC_LIMITS.stretchGroups;
    const start = isLast ? from : Math.max(from, groups[0]?.measuredAt ?? from);
    yield { from: start, to: end };
    end = start - 1;
  }
}

/**
 * The slice of the older past that comes next: so long that all of it is read again within `sliceRounds` slices, and from the beginning of
 * time at its end, since something may appear before the oldest. `sliceTo` is to be remembered.
 */
export function nextSlice(
  memory: Pick<FollowMemory, "sliceTo">,
  oldest: EpochSeconds,
  now: EpochSeconds,
): { readonly window: Window; readonly sliceTo: EpochSeconds | null } {
  const newest = Math.max(0, now - SYNC_LIMITS.recentS - 1);
  const to = Math.min(memory.sliceTo ?? newest, newest);
  const length = Math.max(SYNC_LIMITS.recentS, Math.ceil((newest - oldest) / SYNC_LIMITS.sliceRounds));
  const from = to - length + 1;
  return from <= oldest ? { window: { from: 0, to }, sliceTo: null } : { window: { from, to }, sliceTo: from - 1 };
}
