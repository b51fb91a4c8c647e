import type { Client } from "pg";
import { StoreError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { LOCK_CLASS, MIGRATION } from "./locks.ts";
import { MIGRATIONS } from "./migrations.ts";
import { type Place, placeOf } from "./store-errors.ts";

const RECORD = `CREATE SCHEMA IF NOT EXISTS weighbridge;
  CREATE TABLE weighbridge.migrations (
    step INTEGER PRIMARY KEY, made_at TIMESTAMPTZ NOT NULL DEFAULT now(), made_by TEXT NOT NULL DEFAULT current_setting('application_name'))`;

/** Stands in the schema's comment while a move makes its tables. */
export const MOVING = "A move into this schema is not finished.";

export interface Migrated {
  /** A move into these tables has begun, and has not ended. */
  readonly isBeingMoved: boolean;
}

/** Runs the steps that the database has not had, all or none. Throws a StoreError where a newer version has been there. */
export async function migrate(client: Client, target: Place, isMove: boolean): Promise<Migrated> {
  await client.query("BEGIN");
  try {
    await client.query(`SET LOCAL statement_timeout = ${LIMITS.databaseMigrationMs}`);
    await client.query({
      text: "SELECT pg_advisory_xact_lock($1::int, $2::int)",
      values: [LOCK_CLASS, MIGRATION],
      query_timeout: LIMITS.databaseMigrationMs,
    } as object as { text: string });
    const version = await versionOf(client, isMove);
    if (version > MIGRATIONS.length) throw newer(target);
    for (let step = version; step < MIGRATIONS.length; step++) await make(client, step);
    const { rows } = await client.query("SELECT obj_description('weighbridge'::regnamespace) AS comment");
    await client.query("COMMIT");
    return { isBeingMoved: rows[0]?.["comment"] === MOVING };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function versionOf(client: Client, isMove: boolean): Promise<number> {
  const { rows: found } = await client.query("SELECT to_regclass('weighbridge.migrations') IS NOT NULL AS there");
  if (!found[0]?.["there"]) {
    await client.query(RECORD);
    if (isMove) await client.query(`COMMENT ON SCHEMA weighbridge IS '${MOVING}'`);
    return 0;
  }
  const { rows } = await client.query("SELECT coalesce(max(step), 0) AS version FROM weighbridge.migrations");
  return rows[0]?.["version"] as number;
}

async function make(client: Client, step: number): Promise<void> {
  await client.query({ text: MIGRATIONS[step] as string, query_timeout: LIMITS.databaseMigrationMs } as object as {
    text: string;
  });
  await client.query("INSERT INTO weighbridge.migrations (step) VALUES ($1)", [step + 1]);
}

const newer = (target: Place) =>
  new StoreError(`The database ${placeOf(target)} was written by a newer bridge`, {
    code: "state_newer",
    remedy: "Run the newer version again, or give this one another database.",
  });
