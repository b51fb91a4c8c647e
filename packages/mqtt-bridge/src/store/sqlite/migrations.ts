/** Each step is run once, in order, inside a transaction; `PRAGMA user_version` counts them. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, added_at INTEGER NOT NULL, cursor INTEGER,
    state TEXT NOT NULL, subscription TEXT, seen TEXT NOT NULL) STRICT;

  CREATE TABLE groups (
    person INTEGER NOT NULL, id INTEGER NOT NULL, measured_at INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (person, id)) STRICT, WITHOUT ROWID;
  CREATE INDEX groups_by_time ON groups (person, measured_at, id);

  CREATE TABLE verdicts (
    person INTEGER NOT NULL, weigh_in INTEGER NOT NULL, verdict TEXT NOT NULL,
    PRIMARY KEY (person, weigh_in)) STRICT, WITHOUT ROWID;

  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, from_s INTEGER NOT NULL, to_s INTEGER NOT NULL) STRICT;
  CREATE INDEX inbox_by_person ON inbox (person);

  -- AUTOINCREMENT: the packet id follows from the row id, so none is handed out twice. No index on state: finished rows are deleted.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0, note TEXT) STRICT;

  CREATE TABLE retained (topic TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
  "ALTER TABLE people ADD COLUMN reread_at INTEGER",
];
