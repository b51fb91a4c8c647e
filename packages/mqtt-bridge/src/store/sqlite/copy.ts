import { closeSync, fsyncSync, openSync } from "node:fs";
import { StoreError } from "../../errors.ts";
import { Database } from "./connection.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openDatabaseToRead } from "./open-database.ts";
import { keepPrivate } from "./private-file.ts";

/** Copies the database of a state directory as it is at one moment. A bridge that runs goes on writing meanwhile. Throws a StoreError. */
export function copyDatabase(directory: string, target: string): void {
  const db = openDatabaseToRead(directory);
  try {
    // SQLite makes the file by the process's mask; an empty one of ours keeps its mode.
    keepPrivate(target);
    // One read transaction for all of it, and a file without a log beside it. node:sqlite has the backup API only from Node 22.16 on.
    db.prepare("VACUUM INTO ?").run(target);
  } finally {
    db.close();
  }
  const handle = openSync(target, "r+");
  fsyncSync(handle);
  closeSync(handle);
  checkDatabase(target);
}

/** Throws a StoreError for a file that is no sound database of this bridge or an older one. */
export function checkDatabase(file: string): void {
  let words: string;
  try {
    const db = new Database(file, { readOnly: true });
    try {
      const { quick_check: found } = db.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
      const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
      if (found === "ok" && version > 0 && version <= MIGRATIONS.length) return;
      words = found === "ok" ? `it has the layout ${version}, and this bridge knows 1 to ${MIGRATIONS.length}` : found;
    } finally {
      db.close();
    }
  } catch (error) {
    words = (error as Error).message;
  }
  throw new StoreError(`The database ${file} is not sound: ${words}`, {
    code: "backup_spoilt",
    remedy: "Use another backup, or the version of the bridge that made this one. Nothing was changed.",
  });
}

/** Takes the MQTT session out of a database that was restored. Events of before may come twice; with the old session new ones could be lost, since the broker takes their packet ids for repeats. */
export function forgetSession(file: string): void {
  const db = new Database(file);
  try {
    db.exec("DELETE FROM meta WHERE name = 'client_id'");
  } finally {
    db.close();
  }
}
