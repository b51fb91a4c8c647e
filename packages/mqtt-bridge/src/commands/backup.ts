import { resolve } from "node:path";
import { isoTime } from "@weighbridge/core";
import { makeBackup } from "../backup/backup.ts";
import { restoreBackup } from "../backup/restore.ts";
import { databaseOf } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { ConfigError } from "../errors.ts";
import { answer } from "./answer.ts";
import type { JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Copies the state directory into a new folder, beside a bridge that runs. Returns the exit code. */
export async function backup(config: Config, folder: string, options: JsonOption, terminal: Terminal): Promise<number> {
  refuseDatabase(config, "Run pg_dump --schema=weighbridge on it, and copy state_dir: consents are there.");
  const madeAt = isoTime(Math.floor(terminal.now() / 1000));
  if (terminal.isWatched && options.json !== true) terminal.note("Copying the state directory …\n");
  const { files } = makeBackup({ stateDir: config.state_dir, folder, madeBy: VERSION, madeAt });
  const names = Object.keys(files);
  const words = `The backup is in ${folder}, for this user alone (${names.length === 1 ? "1 file" : `${names.length} files`}). It holds secrets: consents and weights.
The configuration and its secret files are not in it: copy those as well.\n`;
  answer(terminal, options, { folder: resolve(folder), made_at: madeAt, files: names }, words);
  return 0;
}

/** Puts a backup into the place of the state directory. Returns the exit code. */
export async function restore(
  config: Config,
  folder: string,
  options: JsonOption & { readonly force?: boolean },
  terminal: Terminal,
): Promise<number> {
  refuseDatabase(
    config,
    "Stop the bridge, run pg_restore, then DELETE FROM weighbridge.meta WHERE name = 'client_id'; and put the copy of state_dir back.",
  );
  const { manifest, movedTo } = restoreBackup({
    ...{ folder, stateDir: config.state_dir, mayReplace: options.force === true },
    now: Math.floor(terminal.now() / 1000),
  });
  const aside = movedTo === undefined ? "" : `The state of before is in ${movedTo}.\n`;
  const session =
    config.mqtt.client_id === undefined
      ? ""
      : "Set another mqtt.client_id: under the old one the broker may take events of the restored state for repeats.\n";
  const words = `The backup of ${manifest.made_at} is restored to ${config.state_dir}.\n${aside}${session}Next: weighbridge run, then weighbridge doctor: a consent that was renewed since ended with the renewal, and authorize asks for it again.\n`;
  const document = { state_dir: config.state_dir, made_at: manifest.made_at, moved_to: movedTo ?? null };
  answer(terminal, options, document, words);
  return 0;
}

/** A database server has its own programs for a copy, which work while it is written to. */
function refuseDatabase(config: Config, remedy: string): void {
  if (databaseOf(config) === undefined) return;
  throw new ConfigError("backup and restore copy a file in state_dir, and store names a PostgreSQL database", {
    code: "config_invalid",
    remedy,
  });
}
