import type { GroupReader, Verdict } from "@weighbridge/core";
import type { AccountRecord } from "./record.ts";

/** What sync reads, out of the record as it is at each call. */
export const groupReader = (record: () => AccountRecord): GroupReader => ({
  async between(from, to) {
    return record().groups.filter(({ measuredAt }) => measuredAt >= from && measuredAt <= to);
  },
  async byIds(ids) {
    const wanted = new Set(ids);
    return wanted.size === 0 ? [] : record().groups.filter(({ id }) => wanted.has(id));
  },
  async before(to, limit) {
    const { groups } = record();
    const end = groups.findLastIndex(({ measuredAt }) => measuredAt <= to) + 1;
    return groups.slice(Math.max(0, end - limit), end);
  },
  async verdicts(weighInIds) {
    const { verdicts } = record();
    const found = new Map<number, Verdict>();
    for (const id of weighInIds) {
      const verdict = verdicts[id];
      if (verdict) found.set(id, verdict);
    }
    return found;
  },
  async eventCounts(subjectIds) {
    const { eventCounts = {} } = record();
    return new Map(subjectIds.flatMap((id) => (eventCounts[id] === undefined ? [] : [[id, eventCounts[id]]])));
  },
});
