import { resolve } from "node:path";
import { isoTime } from "@weighbridge/core";
import { makeBackup } from "../backup/backup.ts";
import { restoreBackup } from "../backup/restore.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { answer } from "./answer.ts";
import type { JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Copies the state directory into a new folder, beside a bridge that runs. Returns the exit code. */
export async function backup(config: Config, folder: string, options: JsonOption, terminal: Terminal): Promise<number> {
  const madeAt = isoTime(Math.floor(terminal.now() / 1000));
  if (terminal.isWatched && options.json !== true) terminal.note("Copying the state directory …\n");
  const { files } = makeBackup({ stateDir: config.state_dir, folder, madeBy: VERSION, madeAt });
  const names = Object.keys(files);
  const words = `${names.length} files are in ${folder}, for this user alone. It holds secrets: consents and weights.
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
  const { manifest, movedTo } = restoreBackup({
    ...{ folder, stateDir: config.state_dir, mayReplace: options.force === true },
    now: Math.floor(terminal.now() / 1000),
  });
  const aside = movedTo === undefined ? "" : `The state of before is in ${movedTo}.\n`;
  const words = `The backup of ${manifest.made_at} is restored to ${config.state_dir}.\n${aside}Next: weighbridge run, then weighbridge doctor: a consent that was renewed since ended with the renewal, and authorize asks for it again.\n`;
  const document = { state_dir: config.state_dir, made_at: manifest.made_at, moved_to: movedTo ?? null };
  answer(terminal, options, document, words);
  return 0;
}
