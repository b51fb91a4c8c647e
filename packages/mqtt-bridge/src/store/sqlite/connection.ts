import type { DatabaseSync } from "node:sqlite";

/** Without the warning of older Nodes that this module is experimental: it would stand in every log, and nobody could act on it. */
function loadSqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

export const { DatabaseSync: Database } = loadSqlite();

/** A connection to the database. FULL covers power loss, not only a killed process. A checkpoint waits for the disk twice: every 16 MB it is not felt in a burst. */
export function openConnection(file: string): DatabaseSync {
  const db = new Database(file);
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 4000",
  );
  return db;
}
