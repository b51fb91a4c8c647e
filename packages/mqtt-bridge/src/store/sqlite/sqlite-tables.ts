import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../errors.ts";
import type { Key, Table, TableRow, Tables } from "../tables.ts";
import { databaseFile, openDatabase } from "./open-database.ts";
import { storeError } from "./store-errors.ts";

/** The database of a state directory, for a move out of it. Throws a StoreError where there is none, or where a bridge has it open. */
export function openSqliteSource(directory: string): Tables {
  if (existsSync(databaseFile(directory))) return new SqliteTables(directory, false);
  throw new StoreError(`There is no database in ${directory}`, {
    code: "state_unusable",
    remedy:
      "Give the configuration of the bridge that is to be moved. One that was moved already needs its new store there.",
  });
}

/** The database of a state directory, for a move into it. It is made in a directory of its own: no bridge finds half of it. */
export function openSqliteTarget(directory: string): Tables {
  return new SqliteTables(directory, !existsSync(databaseFile(directory)));
}

class SqliteTables implements Tables {
  readonly isBeingMade: boolean;
  readonly #directory: string;
  readonly #workshop: string;
  readonly #db: DatabaseSync;
  readonly #close: () => void;

  constructor(directory: string, isBeingMade: boolean) {
    this.isBeingMade = isBeingMade;
    this.#directory = directory;
    this.#workshop = join(directory, "moving");
    const { db, close } = openDatabase(isBeingMade ? this.#workshop : directory, { onWarning: () => {} });
    this.#db = db;
    this.#close = close;
  }

  get place(): string {
    return `the database in ${this.#directory}`;
  }

  get howToEmpty(): string {
    return `move the files of the database away from ${this.#directory}`;
  }

  async rows({ name, keys, columns }: Table, behind: Key | undefined, limit: number): Promise<readonly TableRow[]> {
    const names = Object.keys(columns);
    const key = names.slice(0, keys).join(", ");
    const where = behind === undefined ? "" : `WHERE (${key}) > (${behind.map(() => "?").join(", ")})`;
    const sql = `SELECT ${names.join(", ")} FROM ${name} ${where} ORDER BY ${key} LIMIT ?`;
    const found = this.#try(() => this.#db.prepare(sql).all(...(behind ?? []), limit));
    return found.map((row) => names.map((column) => row[column] as TableRow[number]));
  }

  async lastKey({ name, keys, columns }: Table): Promise<Key | undefined> {
    const names = Object.keys(columns).slice(0, keys);
    const order = names.map((column) => `${column} DESC`).join(", ");
    const row = this.#try(() =>
      this.#db.prepare(`SELECT ${names.join(", ")} FROM ${name} ORDER BY ${order} LIMIT 1`).get(),
    );
    return row && names.map((column) => row[column] as Key[number]);
  }

  async add({ name, columns }: Table, rows: readonly TableRow[]): Promise<void> {
    const names = Object.keys(columns);
    this.#try(() => {
      const insert = this.#db.prepare(
        `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      );
      this.#db.exec("BEGIN IMMEDIATE");
      for (const row of rows) insert.run(...row);
      this.#db.exec("COMMIT");
    });
  }

  async lastEventId(): Promise<number> {
    const row = this.#try(() => this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").get());
    return (row?.["seq"] ?? 0) as number;
  }

  async finish(lastEventId: number): Promise<void> {
    this.#try(() => {
      // The sequence has a row as soon as the outbox had one.
      this.#db.exec(
        "BEGIN IMMEDIATE; INSERT INTO outbox (topic, payload) VALUES ('', ''); DELETE FROM outbox WHERE topic = ''",
      );
      this.#db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'").run(lastEventId);
      this.#db.exec("COMMIT");
      this.#rename(databaseFile(this.#workshop), databaseFile(this.#directory));
    });
  }

  async putAside(): Promise<string> {
    const names = (n: number) => join(this.#directory, `weighbridge.moved${n === 1 ? "" : `-${n}`}.sqlite`);
    let n = 1;
    while (existsSync(names(n))) n++;
    this.#try(() => this.#rename(databaseFile(this.#directory), names(n)));
    return names(n);
  }

  /** Without a log beside the file, which would be left under the former name. */
  #rename(from: string, to: string): void {
    this.#db.exec("PRAGMA journal_mode = DELETE");
    if (existsSync(to)) throw new Error(`${to} is there already`);
    renameSync(from, to);
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storeError(databaseFile(this.#directory), cause);
    }
  }

  async close(): Promise<void> {
    this.#close();
    if (this.isBeingMade && !existsSync(databaseFile(this.#workshop)))
      rmSync(this.#workshop, { recursive: true, force: true });
  }
}
