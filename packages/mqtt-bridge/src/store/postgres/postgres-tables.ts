import type { Client } from "pg";
import { StoreError } from "../../errors.ts";
import type { Key, Table, TableRow, Tables } from "../tables.ts";
import { connectWriter, type PostgresTarget } from "./connections.ts";
import { MOVING } from "./migrate.ts";
import { prepareDatabase } from "./open-database.ts";
import { placeOf, storeError } from "./store-errors.ts";

/** A database for a move out of it. Throws a StoreError where no bridge has been in it, or where one has it open. */
export const openPostgresSource = (target: PostgresTarget): Promise<Tables> => open(target, refuseNothing);

/** A database for a move into it. Until the move ends, no bridge starts with it. */
export const openPostgresTarget = (target: PostgresTarget): Promise<Tables> => open(target);

async function open(
  target: PostgresTarget,
  check?: (client: Client, target: PostgresTarget) => Promise<void>,
): Promise<Tables> {
  let client: Client | undefined;
  try {
    client = await connectWriter(target);
    await check?.(client, target);
    const { isBeingMoved } = await prepareDatabase(client, target, { onWarning: () => {}, isMove: true });
    return new PostgresTables(client, target, isBeingMoved);
  } catch (cause) {
    await client?.end().catch(() => {});
    throw storeError(target, cause);
  }
}

/** Before anything is made there: an empty database, and one that a move has not finished, are no source. */
async function refuseNothing(client: Client, target: PostgresTarget): Promise<void> {
  const { rows } = await client.query(
    "SELECT obj_description(to_regnamespace('weighbridge')) AS comment, to_regnamespace('weighbridge') IS NOT NULL AS there",
  );
  if (rows[0]?.["there"] && rows[0]["comment"] !== MOVING) return;
  throw new StoreError(`The database ${placeOf(target)} holds no state that could be moved`, {
    code: "state_unusable",
    remedy:
      "Give the configuration of the bridge that is to be moved. One that was moved already needs its new store there.",
  });
}

const SQL_TYPES = { integer: "bigint", text: "text" } as const;

class PostgresTables implements Tables {
  readonly isBeingMade: boolean;
  readonly #client: Client;
  readonly #target: PostgresTarget;

  constructor(client: Client, target: PostgresTarget, isBeingMade: boolean) {
    this.#client = client;
    this.#target = target;
    this.isBeingMade = isBeingMade;
  }

  get place(): string {
    return `the database ${placeOf(this.#target)}`;
  }

  get howToEmpty(): string {
    return `run DROP SCHEMA weighbridge CASCADE in ${this.place}`;
  }

  async rows(table: Table, behind: Key | undefined, limit: number): Promise<readonly TableRow[]> {
    const columns = Object.keys(table.columns);
    const key = keyColumns(table).join(", ");
    const where = behind === undefined ? "" : `WHERE (${key}) > (${behind.map((_, n) => `$${n + 2}`).join(", ")})`;
    const sql = `SELECT ${columns.join(", ")} FROM weighbridge.${table.name} ${where} ORDER BY ${key} LIMIT $1`;
    const rows = await this.#query(sql, [limit, ...(behind ?? [])]);
    return rows.map((row) => columns.map((column) => row[column] as TableRow[number]));
  }

  async lastKey(table: Table): Promise<Key | undefined> {
    const names = Object.keys(table.columns).slice(0, table.keys);
    const order = keyColumns(table).map((column) => `${column} DESC`);
    const sql = `SELECT ${names.join(", ")} FROM weighbridge.${table.name} ORDER BY ${order.join(", ")} LIMIT 1`;
    const [row] = await this.#query(sql, []);
    return row && names.map((column) => row[column] as Key[number]);
  }

  async add({ name, columns }: Table, rows: readonly TableRow[]): Promise<void> {
    const lists = Object.values(columns).map((type, n) => `$${n + 1}::${SQL_TYPES[type]}[]`);
    await this.#query(
      `INSERT INTO weighbridge.${name} (${Object.keys(columns).join(", ")}) SELECT * FROM unnest(${lists.join(", ")})`,
      Object.keys(columns).map((_, n) => rows.map((row) => row[n])),
    );
  }

  async lastEventId(): Promise<number> {
    const [row] = await this.#query(
      "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM weighbridge.outbox_id_seq",
      [],
    );
    return row?.["id"] as number;
  }

  /** Ids of people and hints go on behind their rows: theirs may be given again. */
  async finish(lastEventId: number): Promise<void> {
    await this.#query(
      `SELECT setval('weighbridge.outbox_id_seq', greatest($1, 1), $1 > 0),
        setval('weighbridge.people_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM weighbridge.people), false),
        setval('weighbridge.hints_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM weighbridge.hints), false)`,
      [lastEventId],
    );
    await this.#query("COMMENT ON SCHEMA weighbridge IS NULL", []);
  }

  async putAside(): Promise<string> {
    const [row] = await this.#query("SELECT 'weighbridge_moved_' || to_char(now(), 'YYYYMMDD_HH24MISS') AS name", []);
    const name = String(row?.["name"]);
    await this.#query(`ALTER SCHEMA weighbridge RENAME TO ${name}`, []);
    return `the schema ${name} of ${placeOf(this.#target)}`;
  }

  async #query(text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    try {
      return (await this.#client.query(text, [...values])).rows;
    } catch (cause) {
      throw storeError(this.#target, cause);
    }
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

/** Texts by their bytes, whatever the database's own order. */
const keyColumns = ({ columns, keys }: Table): readonly string[] =>
  Object.entries(columns)
    .slice(0, keys)
    .map(([name, type]) => (type === "text" ? `${name} COLLATE "C"` : name));
