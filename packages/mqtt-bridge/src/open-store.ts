import type { Clock } from "@weighbridge/core";
import { databaseOf } from "./config/database.ts";
import type { Config } from "./config/schema.ts";
import type { Log } from "./log.ts";
import { openSqliteStore, openSqliteStoreToRead } from "./store/sqlite/sqlite-store.ts";
import type { Store, StoreReader } from "./store/store.ts";

export interface OpenStoreInput {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** A write failed with a StoreError; the process must end. Called once. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens the store that the configuration names. Throws a StoreError. */
export async function openStore({ config, clock, log, onFailure }: OpenStoreInput): Promise<Store> {
  const onWarning = (words: string, facts: object) => log.warn(words, { ...facts });
  const target = databaseOf(config);
  if (target === undefined)
    return openSqliteStore({ directory: config.state_dir, clock, onFailure, hasThread: true, onWarning });
  // A household never loads the client of PostgreSQL.
  const { openPostgresStore } = await import("./store/postgres/postgres-store.ts");
  return openPostgresStore({ target, clock, onFailure, onWarning });
}

/** Opens the store of the configuration for reading alone, also beside a bridge that runs. Throws a StoreError. */
export async function openStoreToRead(config: Config, clock: Clock): Promise<StoreReader> {
  const target = databaseOf(config);
  if (target === undefined) return openSqliteStoreToRead(config.state_dir, clock);
  const { openPostgresStoreToRead } = await import("./store/postgres/postgres-reader.ts");
  return openPostgresStoreToRead(target);
}
