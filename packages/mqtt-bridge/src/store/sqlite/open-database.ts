import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../errors.ts";
import { MIGRATIONS } from "./migrations.ts";

const FILE = "weighbridge.sqlite";
const LOCK_FILE = "lock.sqlite";
/** Who has the lock, for people; the lock itself is the database. */
const HOLDER_FILE = "lock.pid";

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

const { DatabaseSync: Database } = loadSqlite();

/** An open database and the lock that keeps every other bridge out. */
export interface OpenDatabase {
  readonly db: DatabaseSync;
  close(): void;
}

/** Opens the database of a state directory, and makes or migrates it. Throws a StoreError. */
export function openDatabase(directory: string): OpenDatabase {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(directory, cause);
  }
  const lock = lockDirectory(directory);
  try {
    const file = join(directory, FILE);
    keepPrivate(file);
    const db = new Database(file);
    // FULL covers power loss, not only a killed process.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    migrate(db, directory);
    return {
      db,
      close: () => {
        db.close();
        lock.close();
      },
    };
  } catch (cause) {
    lock.close();
    throw cause instanceof StoreError ? cause : unusable(directory, cause);
  }
}

/** Health data and the callback's secret, in a directory that others may enter. SQLite makes the other files like the first. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    try {
      if (existsSync(name)) chmodSync(name, 0o600);
    } catch {
      // A disk without modes, or a file of another user that this one may write: no reason not to run.
    }
  }
}

/** A transaction that stays open on a file of its own: the system ends it with the process, however that dies. */
function lockDirectory(directory: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new Database(join(directory, LOCK_FILE));
    lock.exec("BEGIN EXCLUSIVE");
    writeFileSync(join(directory, HOLDER_FILE), `${process.pid}\n`);
    return lock;
  } catch (cause) {
    lock?.close();
    if (!/locked|busy/i.test(String(cause))) throw unusable(directory, cause);
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

const unusable = (directory: string, cause: unknown) =>
  new StoreError(`The state directory ${directory} cannot be used: ${(cause as Error).message}`, {
    code: "state_unusable",
    remedy: "Check that it exists on a disk with free space and that this user may write to it.",
    cause,
  });

function migrate(db: DatabaseSync, directory: string): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > MIGRATIONS.length)
    throw new StoreError(`The state in ${directory} was written by a newer bridge`, {
      code: "state_newer",
      remedy: "Run the newer version again, or give this one another state_dir.",
    });
  for (let step = version; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
}
