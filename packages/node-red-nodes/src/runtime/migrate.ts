import { SetupError } from "../errors.ts";
import type { Config } from "./config.ts";

/** Turns the settings of one version into those of the next. */
export type Migration = (config: Config) => Config;

/**
 * The settings as this version of the package knows them. `migrations[0]` leads from version 1 to 2, and so on; settings without a
 * version are of version 1.
 */
export function migrated(config: Config, migrations: readonly Migration[]): Config {
  const current = migrations.length + 1;
  const version = config["version"] === undefined ? 1 : Number(config["version"]);
  if (Number.isSafeInteger(version) && version >= 1 && version <= current)
    return migrations.slice(version - 1).reduce((settings, migrate) => migrate(settings), config);
  throw new SetupError(`the node's settings are of version ${version}, this package knows ${current}`, {
    code: "newer_settings",
    remedy: "Update @weighbridge/node-red-nodes: the flow was made with a newer version.",
  });
}
