import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../errors.ts";
import { Database, openConnection } from "./connection.ts";
import { MIGRATIONS } from "./migrations.ts";
import { keepPrivate, restrict } from "./private-file.ts";
import { storeError } from "./store-errors.ts";

const FILE = "weighbridge.sqlite";
const LOCK_FILE = "lock.sqlite";
/** The process that has the lock, for people to read; the lock itself is the database. */
const HOLDER_FILE = "lock.pid";

/** An open database and the lock that keeps every other bridge out. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  close(): void;
}

export interface OpenOptions {
  /** Something that works, but should be changed. */
  onWarning(words: string, facts: { readonly remedy: string; readonly directory: string }): void;
}

/** The database's file in a state directory. */
export const databaseFile = (directory: string): string => join(directory, FILE);

/** Opens the database of a state directory, and makes or migrates it. Throws a StoreError. */
export function openDatabase(directory: string, { onWarning }: OpenOptions): OpenDatabase {
  const file = databaseFile(directory);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (isOpenToOthers(directory))
      onWarning("Other users may write to the state directory", { directory, remedy: CLOSE });
    const wasEmpty = existsSync(file) && statSync(file).size === 0;
    const opened = openLocked(directory, file);
    if (wasEmpty) onWarning("The database was empty and is made anew", { directory, remedy: RESTORE });
    return opened;
  } catch (cause) {
    throw storeError(file, cause);
  }
}

const CLOSE = "Run chmod go-w on it: whoever may write there can keep the bridge from starting.";
const RESTORE =
  "If people were followed here before, restore a copy of it; without one, weigh-ins come back from the API, and events that were not published yet are lost.";

/** Opens the database of a state directory for reading alone, also beside a bridge that runs. Throws a StoreError. */
export function openDatabaseToRead(directory: string): DatabaseSync {
  const file = databaseFile(directory);
  if (!existsSync(file))
    throw new StoreError(`There is no database in ${directory} yet`, {
      code: "state_missing",
      remedy: "Run the bridge first, or name the configuration whose state_dir has one.",
    });
  let db: DatabaseSync | undefined;
  try {
    db = new Database(file, { readOnly: true });
    db.exec("PRAGMA busy_timeout = 5000");
    checkVersion(versionOf(db), directory);
    return db;
  } catch (cause) {
    db?.close();
    throw storeError(file, cause);
  }
}

/** Throws where another version wrote the tables: their layout may differ. */
function checkVersion(version: number, directory: string): void {
  if (version > MIGRATIONS.length) throw newer(directory);
  if (version === MIGRATIONS.length) return;
  throw new StoreError(`The state in ${directory} was written by an older bridge`, {
    code: "state_older",
    remedy: "Run the bridge of this version once: it brings the state up to date.",
  });
}

/** False on a system without such modes. */
const isOpenToOthers = (directory: string): boolean =>
  process.platform !== "win32" && (statSync(directory).mode & 0o022) !== 0;

function openLocked(directory: string, file: string): OpenDatabase {
  const lock = lockDirectory(directory);
  let db: DatabaseSync | undefined;
  try {
    keepPrivate(file);
    for (const name of [`${file}-wal`, `${file}-shm`]) restrict(name);
    db = openConnection(file);
    migrate(db, directory);
    return { db, close: () => closeAll(db, lock) };
  } catch (cause) {
    closeAll(db, lock);
    throw cause;
  }
}

/** The lock is the last to go: until then nobody else may open the database. */
function closeAll(db: DatabaseSync | undefined, lock: DatabaseSync): void {
  try {
    db?.close();
  } finally {
    lock.close();
  }
}

/** Keeps every other bridge out of a state directory until it is closed. A transaction that stays open on a file of its own: the system ends it with the process, however that dies. */
export function lockDirectory(directory: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    const file = join(directory, LOCK_FILE);
    // Another user who may open it could hold the lock.
    keepPrivate(file);
    lock = new Database(file);
    lock.exec("BEGIN EXCLUSIVE");
    keepPrivate(join(directory, HOLDER_FILE), `${process.pid}\n`);
    return lock;
  } catch (cause) {
    lock?.close();
    if (!/locked|busy/i.test(String(cause))) throw cause;
    throw new StoreError(`Another bridge${holderOf(directory)} uses the state directory ${directory}`, {
      code: "state_locked",
      remedy: "Stop the other bridge, or give this one a state_dir and people of its own.",
      cause,
    });
  }
}

/** In a container it is the number inside that container. */
function holderOf(directory: string): string {
  try {
    return ` (process ${readFileSync(join(directory, HOLDER_FILE), "utf8").trim()})`;
  } catch {
    return "";
  }
}

const versionOf = (db: DatabaseSync): number =>
  (db.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;

const newer = (directory: string) =>
  new StoreError(`The state in ${directory} was written by a newer bridge`, {
    code: "state_newer",
    remedy: "Run the newer version again, or give this one another state_dir.",
  });

function migrate(db: DatabaseSync, directory: string): void {
  const version = versionOf(db);
  if (version > MIGRATIONS.length) throw newer(directory);
  for (let step = version; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
}
