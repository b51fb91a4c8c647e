import type { MeasureGroup } from "../domain/measure-group.ts";
import type { GroupReader } from "../ports/person-store.ts";

/** A host's storage as it will be once a diff is committed. */
export function storedAfter(
  reader: Pick<GroupReader, "before">,
  upserts: readonly MeasureGroup[],
  removals: readonly number[],
): Pick<GroupReader, "before"> {
  const replaced = new Set([...removals, ...upserts.map(({ id }) => id)]);
  return {
    async before(to, limit) {
      // Enough stored groups are read to fill the limit even if all that are replaced stand among them.
      const stored = await reader.before(to, limit + replaced.size);
      const kept = stored.filter(({ id }) => !replaced.has(id));
      const reachesBack = stored.length < limit + replaced.size ? -Infinity : (stored[0]?.measuredAt ?? -Infinity);
      const added = upserts.filter(({ measuredAt }) => measuredAt <= to && measuredAt >= reachesBack);
      return [...kept, ...added].sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id).slice(-limit);
    },
  };
}
