import type { Pool } from "pg";
import { StoreError } from "../../errors.ts";
import type { StoreReader } from "../store.ts";
import { makePool, type PostgresTarget } from "./connections.ts";
import { MOVING } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { groupReader, groupsOf, peopleOf, type Read } from "./rows.ts";
import { run } from "./statements.ts";
import { placeOf, storeError } from "./store-errors.ts";

/** Opens the store of a database for reading alone, also beside a bridge that runs: it takes no lock. Throws a StoreError. */
export async function openPostgresStoreToRead(target: PostgresTarget): Promise<StoreReader> {
  // One command reads one thing after the other.
  const pool = makePool({ ...target, poolSize: 1 });
  const read: Read = async (...step) => {
    try {
      return await run(pool, step);
    } catch (cause) {
      throw storeError(target, cause);
    }
  };
  try {
    await checkLayout(pool, target);
  } catch (cause) {
    await pool.end();
    throw storeError(target, cause);
  }
  return {
    people: () => peopleOf(read),
    reader: (personId) => groupReader(read, personId),
    groupsFrom: async (personId, from, limit) => groupsOf(await read("from", personId, from, limit)),
    async setting(name) {
      const [row] = await read("setting", name);
      if (row) return row["value"] as string;
      throw missing(`The bridge has not made its ${name} yet`);
    },
    close: () => pool.end(),
  };
}

const missing = (words: string) =>
  new StoreError(words, { code: "state_missing", remedy: "Run the bridge once with this configuration." });

/** Throws where another version wrote the tables: their layout may differ. */
async function checkLayout(pool: Pool, target: PostgresTarget): Promise<void> {
  const { rows: found } = await pool.query(
    "SELECT to_regclass('weighbridge.migrations') IS NOT NULL AS there, obj_description(to_regnamespace('weighbridge')) AS comment",
  );
  if (!found[0]?.there || found[0].comment === MOVING)
    throw missing(`There is no state in the database ${placeOf(target)} yet`);
  const { rows } = await pool.query("SELECT coalesce(max(step), 0) AS version FROM weighbridge.migrations");
  const version = Number(rows[0]?.version);
  if (version === MIGRATIONS.length) return;
  const isNewer = version > MIGRATIONS.length;
  throw new StoreError(`The database ${placeOf(target)} was written by ${isNewer ? "a newer" : "an older"} bridge`, {
    code: isNewer ? "state_newer" : "state_older",
    remedy: isNewer
      ? "Run the command of the newer version."
      : "Run the bridge of this version once: it brings the state up to date.",
  });
}
