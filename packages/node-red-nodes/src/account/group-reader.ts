import type { GroupReader } from "@weighbridge/core";
import type { AccountRecord } from "./record.ts";

/** Reads for sync out of the record as it is at each call. */
export const groupReader = (record: () => AccountRecord): GroupReader => ({
  between: (from, to) => record().groups.between(from, to),
  byIds: (ids) => record().groups.byIds(ids),
  before: (to, limit) => record().groups.before(to, limit),
  span: () => record().groups.span(),
  verdicts: async (weighInIds) => picked(weighInIds, record().verdicts),
  eventCounts: async (subjectIds) => picked(subjectIds, record().eventCounts),
});

function picked<T>(ids: readonly number[], known: Readonly<Record<string, T>>): ReadonlyMap<number, T> {
  const found = new Map<number, T>();
  for (const id of ids) {
    const value = known[id];
    if (value !== undefined) found.set(id, value);
  }
  return found;
}
