import type { Client, Pool } from "pg";
import { StoreError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import type { Lease } from "../leases.ts";
import { connectWriter, makePool, type PostgresTarget } from "./connections.ts";
import { LOCK_CLASS, ONE_BRIDGE } from "./locks.ts";
import { type Migrated, migrate } from "./migrate.ts";
import { placeOf, storeError } from "./store-errors.ts";

/** An open database. The connection that writes holds the lock that keeps every other bridge out: without the lock nothing can be written. */
export interface OpenDatabase {
  readonly writer: Client;
  readonly pool: Pool;
  /** Every write carries it. */
  readonly lease: Lease;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Something that works, but should be changed. */
  onWarning(words: string, facts: { readonly remedy: string; readonly database: string }): void;
}

/** Opens the database, and makes or migrates its tables. Throws a StoreError. */
export async function openDatabase(target: PostgresTarget, { onWarning }: OpenOptions): Promise<OpenDatabase> {
  let writer: Client | undefined;
  let lease: Lease;
  try {
    writer = await connectWriter(target);
    const { isBeingMoved } = await prepareDatabase(writer, target, { onWarning, isMove: false });
    if (isBeingMoved) throw unfinished(target);
    lease = await ownShard(writer);
  } catch (cause) {
    await writer?.end().catch(() => {});
    throw storeError(target, cause);
  }
  const pool = makePool(target);
  return { writer, pool, lease, close: () => closeAll(writer, pool) };
}

export interface PrepareOptions extends OpenOptions {
  /** Tables that are made here belong to a move until it ends. */
  readonly isMove: boolean;
}

/** Checks the server, takes the lock, and makes or migrates the tables. */
export async function prepareDatabase(
  client: Client,
  target: PostgresTarget,
  { onWarning, isMove }: PrepareOptions,
): Promise<Migrated> {
  await checkServer(client, target, onWarning);
  await lockDatabase(client, target);
  return migrate(client, target, isMove);
}

/** One bridge owns everything. A pooler that shares connections would give its lock to two: then the first one's writes are refused. */
async function ownShard(writer: Client): Promise<Lease> {
  const { rows } = await writer.query(
    "UPDATE weighbridge.shards SET epoch = epoch + 1, owner = current_setting('application_name') WHERE id = 0 RETURNING epoch",
  );
  return { shard: 0, epoch: rows[0]?.["epoch"] as number };
}

const unfinished = (target: PostgresTarget) =>
  new StoreError(`A move into the database ${placeOf(target)} was not finished`, {
    code: "state_unusable",
    remedy: "Run weighbridge store move again: it goes on where it was.",
  });

/** The lock is the last to go: until then nobody else may open the database. */
async function closeAll(writer: Client, pool: Pool): Promise<void> {
  try {
    await pool.end();
  } finally {
    await writer.end();
  }
}

const OLDEST = 13;

/** Refuses a server that would not keep rows safely, before anything is written. */
async function checkServer(writer: Client, target: PostgresTarget, onWarning: OpenOptions["onWarning"]): Promise<void> {
  const { rows } = await writer.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
      current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages`,
  );
  const { version, encoding, fsync, pages } = rows[0] as Record<string, unknown>;
  const refuse = (words: string, remedy: string) => {
    throw new StoreError(`The database ${placeOf(target)} cannot be used: ${words}`, {
      code: "state_unusable",
      remedy,
    });
  };
  if (Number(version) < OLDEST) refuse(`the server is PostgreSQL ${version}`, `Use PostgreSQL ${OLDEST} or newer.`);
  if (encoding !== "UTF8")
    refuse(`its encoding is ${encoding}`, "Create the database with ENCODING 'UTF8' TEMPLATE template0.");
  if (fsync === "off" || pages === "off")
    onWarning("The database server may lose what it has acknowledged", {
      database: placeOf(target),
      remedy: "Set fsync and full_page_writes to on in its configuration.",
    });
}

/** SQLSTATE: the lock was not given in time. */
const LOCK_NOT_AVAILABLE = "55P03";

/** A lock of the session: the server ends it with the connection. After a kill it needs a moment to see that, and ends the open transaction first. */
async function lockDatabase(writer: Client, target: PostgresTarget): Promise<void> {
  try {
    await writer.query({ text: "SELECT set_config('lock_timeout', $1, false)", values: [`${LIMITS.databaseLockMs}`] });
    await writer.query({ text: "SELECT pg_advisory_lock($1::int, $2::int)", values: [LOCK_CLASS, ONE_BRIDGE] });
    await writer.query("SELECT set_config('lock_timeout', '0', false)");
  } catch (cause) {
    if ((cause as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new StoreError(`Another bridge${await holder(writer)} uses the database ${placeOf(target)}`, {
      code: "state_locked",
      remedy: "Stop the other bridge, or give this one a database and people of its own.",
      cause,
    });
  }
}

async function holder(writer: Client): Promise<string> {
  const { rows } = await writer.query({
    text: `SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    values: [LOCK_CLASS, ONE_BRIDGE],
  });
  const name: unknown = rows[0]?.["name"];
  return name ? ` (${String(name)})` : "";
}
