import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Clock, processLock, type TokenLock, TokensNotKeptError } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import { Database } from "../store/sqlite/connection.ts";
import { keepPrivate } from "../store/sqlite/private-file.ts";

/**
 * Keeps every other process out of one grant while it is renewed or replaced: a transaction on a file of its own, which the system ends with
 * the process, however that dies. Each grant has its own file, so that one slow renewal holds up no other.
 */
export function sqliteLock(directory: string, clock: Clock): TokenLock {
  return async (name, work) => {
    const file = lockFile(directory, name);
    // SQLite tells processes apart, not the callers within one.
    return processLock(file)(name, async () => {
      const lock = await taken(file, clock);
      try {
        return await work();
      } finally {
        lock.close();
      }
    });
  };
}

function lockFile(directory: string, name: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return join(realpathSync(directory), `${name}.sqlite`);
  } catch (error) {
    throw notLocked(directory, error);
  }
}

/** A disk that takes no lock file takes no tokens either. */
const notLocked = (path: string, cause: unknown) =>
  new TokensNotKeptError(`the tokens could not be locked with ${path} (${(cause as Error).message})`, {
    code: "tokens_not_stored",
    cause,
  });

/** Looks again and again: SQLite's own wait would block the process. */
async function taken(file: string, clock: Clock): Promise<DatabaseSync> {
  for (;;) {
    const lock = tryLock(file);
    if (lock) return lock;
    await clock.sleep(LIMITS.lockLookedAtMs);
  }
}

/** Undefined where another process has it. */
function tryLock(file: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    keepPrivate(file);
    lock = new Database(file);
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (/locked|busy/i.test(String(error))) return undefined;
    throw notLocked(file, error);
  }
}
