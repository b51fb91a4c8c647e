import { databaseOf, databaseProblems } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { moveRows } from "../store/move.ts";
import { openSqliteSource, openSqliteTarget } from "../store/sqlite/sqlite-tables.ts";
import type { Tables } from "../store/tables.ts";
import type { Terminal } from "./terminal.ts";

/** Moves everything from the store of the configuration to another one, while no bridge runs. Returns the exit code. */
export async function moveStore(config: Config, to: string | undefined, { print }: Terminal): Promise<number> {
  const target = { ...config, store: checked(config, to) };
  if (databaseOf(config) === undefined && databaseOf(target) === undefined)
    throw wrong("the state is in a SQLite file already");
  const from = await open(config, "Source");
  try {
    const other = await open(target, "Target");
    try {
      print(`From ${from.place} to ${other.place}\n`);
      const onTable = (table: string, { rows, copied }: { readonly rows: number; readonly copied: number }) =>
        print(`  ${table}: ${rows} ${rows === 1 ? "row" : "rows"}, the same in both; copied now: ${copied}\n`);
      await moveRows({ from, to: other, onTable });
    } finally {
      await other.close();
    }
    print(`Moved. What was there is kept as ${await from.putAside()}\n`);
    print(`Now set store in the configuration. Consents stay in ${config.state_dir}: keep that directory.\n`);
    return 0;
  } finally {
    await from.close();
  }
}

function checked({ postgres }: Config, to: string | undefined): string {
  if (to === undefined) throw wrong("where to is not said");
  const [problem] = databaseProblems({ store: to, postgres });
  if (problem) throw wrong(`--to ${problem.words}`);
  return to;
}

const wrong = (words: string) =>
  new ConfigError(`The state cannot be moved: ${words}`, {
    code: "config_invalid",
    remedy:
      "Give --to postgres://user@host/database or --to sqlite, and the password by postgres.password_file of the configuration.",
  });

async function open(config: Config, role: "Source" | "Target"): Promise<Tables> {
  const database = databaseOf(config);
  if (database === undefined)
    return role === "Source" ? openSqliteSource(config.state_dir) : openSqliteTarget(config.state_dir);
  const postgres = await import("../store/postgres/postgres-tables.ts");
  return postgres[`openPostgres${role}`](database);
}
