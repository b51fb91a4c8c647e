type Value = string | number | null;

/** A stored row: the values of its table's columns, in their order. */
export type TableRow = readonly Value[];

/** The values of a row's key columns. */
export type Key = readonly Value[];

export interface Table {
  readonly name: string;
  /** The first columns, by which rows are ordered; texts by their bytes. */
  readonly keys: number;
  readonly columns: Readonly<Record<string, "integer" | "text">>;
}

/** Every table of a store, with the same names and columns in every implementation: rows move between them as they are. */
export const TABLES: readonly Table[] = [
  { name: "meta", keys: 1, columns: { name: "text", value: "text" } },
  {
    name: "people",
    keys: 1,
    columns: {
      id: "integer",
      key: "text",
      added_at: "integer",
      cursor: "integer",
      state: "text",
      subscription: "text",
      seen: "text",
      memory: "text",
    },
  },
  { name: "groups", keys: 2, columns: { person: "integer", id: "integer", measured_at: "integer", json: "text" } },
  { name: "verdicts", keys: 2, columns: { person: "integer", weigh_in: "integer", verdict: "text" } },
  {
    name: "held",
    keys: 2,
    columns: { person: "integer", weigh_in: "integer", measured_at: "integer", json: "text" },
  },
  { name: "event_counts", keys: 2, columns: { person: "integer", subject: "integer", events: "integer" } },
  {
    name: "hints",
    keys: 1,
    columns: {
      id: "integer",
      person: "integer",
      from_s: "integer",
      to_s: "integer",
      taken_at: "integer",
      tries: "integer",
      next_at: "integer",
    },
  },
  {
    name: "outbox",
    keys: 1,
    columns: { id: "integer", topic: "text", payload: "text", state: "integer", note: "text", added_at: "integer" },
  },
  { name: "retained", keys: 1, columns: { topic: "text" } },
];

/** A whole store as tables, open for nobody else. A promise that resolves says that its write is on disk. */
export interface Tables {
  /** In words, for people to read; never with a password. */
  readonly place: string;
  /** The remedy for an operator: how to empty it. */
  readonly howToEmpty: string;
  /** True while a move makes it: no bridge starts with it before `finish`. */
  readonly isBeingMade: boolean;
  /** At most `limit` rows behind a key, ascending; from the first one without a key. */
  rows(table: Table, behind: Key | undefined, limit: number): Promise<readonly TableRow[]>;
  /** The key of the last row; undefined without one. */
  lastKey(table: Table): Promise<Key | undefined>;
  /** All of them or none. */
  add(table: Table, rows: readonly TableRow[]): Promise<void>;
  /** The highest id that an event ever had: none is given twice, also after its row is gone. */
  lastEventId(): Promise<number>;
  /** Ends a move into this store: new ids go on behind this one, and behind every row. */
  finish(lastEventId: number): Promise<void>;
  /** Ends a move out of this store: keeps it under another name, which is returned in words. */
  putAside(): Promise<string>;
  close(): Promise<void>;
}
