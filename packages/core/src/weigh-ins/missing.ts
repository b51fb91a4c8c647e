import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { FollowMemory } from "../ports/person-store.ts";
import { SYNC_LIMITS } from "./limits.ts";

type Missing = NonNullable<FollowMemory["missing"]>;

export interface Sighting {
  /** Stored groups that the answer should have shown and did not. */
  readonly missing: readonly MeasureGroup[];
  /** Ids that it showed. */
  readonly shown: ReadonlySet<number>;
  /** The answer, or one that reaches further, showed other groups. An empty one proves nothing. */
  readonly isProof: boolean;
  /** A notification named this window. */
  readonly isAnnounced: boolean;
  readonly known: Missing;
  readonly now: EpochSeconds;
}

/**
 * Which missing groups are deleted. An announced deletion of a few counts at once; otherwise two reads some hours apart must miss a group.
 * `missing` is what to remember now; the same object where nothing changed.
 */
export function judgeMissing(sighting: Sighting): { readonly gone: ReadonlySet<number>; readonly missing: Missing } {
  const { missing, shown, isProof, isAnnounced, known, now } = sighting;
  const seen = Object.keys(known).filter((id) => shown.has(Number(id)));
  if (!isProof || missing.length === 0) return { gone: new Set(), missing: without(known, seen) };
  const isFew = missing.length <= Math.max(SYNC_LIMITS.deletedAtOnce, shown.size);
  const gone = new Set<number>();
  const fresh: Record<string, EpochSeconds> = {};
  for (const { id } of missing) {
    const since = known[id];
    // A time in the future comes from a clock that was set back.
    const isOld = since !== undefined && since <= now;
    if ((isAnnounced && isFew) || (isOld && now - since >= SYNC_LIMITS.missingAgainS)) gone.add(id);
    else if (!isOld) fresh[id] = now;
  }
  const kept = without(known, [...seen, ...[...gone].map(String)]);
  const room = SYNC_LIMITS.missingGroups - Object.keys(kept).length;
  const added = Object.entries(fresh).slice(0, Math.max(0, room));
  return { gone, missing: added.length === 0 ? kept : { ...kept, ...Object.fromEntries(added) } };
}

function without(known: Missing, ids: readonly string[]): Missing {
  const dropped = new Set(ids);
  if (!Object.keys(known).some((id) => dropped.has(id))) return known;
  return Object.fromEntries(Object.entries(known).filter(([id]) => !dropped.has(id)));
}
