import { emptyPersonState, type MeasureGroup, type SyncChange } from "@weighbridge/core";

export function weightGroup(id: number, measuredAt: number, kilograms = 80): MeasureGroup {
  return {
    id,
    measuredAt,
    attribution: { code: 0, name: "device" },
    category: { code: 1, name: "measure" },
    measures: [{ type: "weight", code: 1, value: kilograms }],
  };
}

/** A sync's change that brought these groups. */
export const changeOf = (upserts: readonly MeasureGroup[], more: Partial<SyncChange> = {}): SyncChange => ({
  upserts,
  removals: [],
  events: [],
  state: emptyPersonState(),
  ...more,
});
