import type { GroupReader, MeasureGroup, StoredHint, StoredVerdict } from "@weighbridge/core";
import type { HeldWeighIn, HeldWeighIns, StoredPerson } from "../store.ts";
import type { Row, Step } from "./statements.ts";

/** Runs one statement that reads. */
export type Read = (...step: Step) => Promise<readonly Row[]>;

export const NOTHING_HELD: HeldWeighIns = { count: 0, newest: [] };

export async function peopleOf(read: Read): Promise<StoredPerson[]> {
  const [people, allHeld] = [await read("people"), await read("allHeld")];
  const held = Map.groupBy(allHeld, ({ person }) => person);
  return people.map((row) => personOf(row, heldOf(held.get(row["id"] as number) ?? [])));
}

const personOf = (row: Row, held: HeldWeighIns): StoredPerson => ({
  id: row["id"] as number,
  key: row["key"] as string,
  addedAt: row["added_at"] as number,
  cursor: row["cursor"] as number | null,
  state: JSON.parse(row["state"] as string),
  subscription: JSON.parse((row["subscription"] ?? "null") as string),
  memory: JSON.parse(row["memory"] as string),
  seen: JSON.parse(row["seen"] as string),
  held,
});

/** Rows of one person; each knows how many there are. */
export function heldOf(rows: readonly Row[]): HeldWeighIns {
  const [first] = rows;
  if (first === undefined) return NOTHING_HELD;
  const newest = rows.map(
    (row): HeldWeighIn => ({
      id: row["weigh_in"] as number,
      measuredAt: row["measured_at"] as number,
      values: JSON.parse(row["json"] as string),
    }),
  );
  return { count: first["count"] as number, newest };
}

export function hintOf(row: Row): StoredHint {
  const { id, from_s: from, to_s: to, taken_at: takenAt, tries, next_at: nextAt } = row as Record<string, number>;
  const window = from == null || to == null ? null : { from, to };
  return { id, window, takenAt, tries, nextAt } as StoredHint;
}

export const groupsOf = (rows: readonly Row[]): MeasureGroup[] =>
  rows.map(({ json }) => JSON.parse(json as string) as MeasureGroup);

export const groupReader = (read: Read, personId: number): GroupReader => ({
  between: async (from, to) => groupsOf(await read("between", personId, from, to)),
  byIds: async (ids) => groupsOf(await read("byIds", personId, ids)),
  before: async (to, limit) => groupsOf(await read("before", personId, to, limit)).reverse(),
  verdicts: async (ids) => {
    const rows = await read("verdicts", personId, ids);
    return new Map(rows.map((row) => [row["weigh_in"] as number, row["verdict"] as StoredVerdict]));
  },
  span: async () => {
    const [row] = await read("span", personId);
    const { oldest, newest } = row as { oldest: number | null; newest: number };
    return oldest === null ? null : { from: oldest, to: newest };
  },
  eventCounts: async (ids) => {
    const rows = await read("eventCounts", personId, ids);
    return new Map(rows.map((row) => [row["subject"] as number, row["events"] as number]));
  },
});
