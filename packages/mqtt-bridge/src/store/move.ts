import { StoreError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { type Key, TABLES, type Table, type TableRow, type Tables } from "./tables.ts";

export interface MoveInput {
  readonly from: Tables;
  readonly to: Tables;
  /** Called when a table is copied and compared. */
  onTable(table: string, facts: { readonly rows: number; readonly copied: number }): void;
}

/**
 * Copies every row, and then reads both stores and compares row by row. Rows are copied in the order of their keys, so that a move that was
 * interrupted goes on behind the last row that it brought. A store that a bridge may have used is only compared. Throws a StoreError where a
 * row differs.
 */
export async function moveRows({ from, to, onTable }: MoveInput): Promise<void> {
  for (const table of TABLES) {
    const copied = to.isBeingMade ? await copy(table, from, to) : 0;
    onTable(table.name, { rows: await compare(table, from, to), copied });
  }
  if (to.isBeingMade) await to.finish(await from.lastEventId());
}

const keyOf = ({ keys }: Table, row: TableRow): Key => row.slice(0, keys);

async function copy(table: Table, from: Tables, to: Tables): Promise<number> {
  let copied = 0;
  for await (const rows of batches(table, from, await to.lastKey(table))) {
    await to.add(table, rows);
    copied += rows.length;
  }
  return copied;
}

async function* batches(table: Table, tables: Tables, start?: Key): AsyncGenerator<readonly TableRow[]> {
  let behind = start;
  for (;;) {
    const rows = await tables.rows(table, behind, LIMITS.rowsMoved);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    behind = keyOf(table, last);
  }
}

/** Returns how many rows there are. */
async function compare(table: Table, from: Tables, to: Tables): Promise<number> {
  const others = batches(table, to);
  let count = 0;
  for await (const rows of batches(table, from)) {
    const { value: found = [] } = await others.next();
    const index = rows.findIndex((row, at) => JSON.stringify(row) !== JSON.stringify(found[at]));
    if (index >= 0 || found.length > rows.length) throw differs(table, rows[index] ?? found[rows.length], to);
    count += rows.length;
  }
  const { value: further } = await others.next();
  if (further !== undefined) throw differs(table, further[0], to);
  return count;
}

const differs = (table: Table, row: TableRow | undefined, { howToEmpty }: Tables) =>
  new StoreError(`The row ${keyOf(table, row ?? []).join(", ")} of ${table.name} is not the same in both stores`, {
    code: "state_unusable",
    remedy: `Nothing was deleted. A bridge or another move has written to the target: where that can go, ${howToEmpty}, and move again.`,
  });
