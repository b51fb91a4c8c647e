import { Bridge } from "../bridge.ts";
import type { Config } from "../config/schema.ts";
import { createLog } from "../logger.ts";
import { VERSION } from "../version.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the bridge until somebody asks it to stop. Gives the exit code. */
export async function run(config: Config, terminal: Terminal): Promise<number> {
  const log = createLog(config.log.level, terminal.print, terminal.now);
  const fatal = Promise.withResolvers<unknown>();
  const bridge = new Bridge({
    config,
    log,
    version: VERSION,
    onFatal: fatal.resolve,
    onOnline: () => log.info("Online"),
  });
  if (config.people.length === 0) log.warn("Nobody is watched: add people to the configuration");
  await bridge.start();
  const ending = await Promise.race([terminal.asked.then(() => undefined), fatal.promise]);
  if (ending !== undefined) log.error("The disk refused a write; ending", { reason: String(ending) });
  await bridge.stop();
  log.info("Stopped");
  return ending === undefined ? 0 : 1;
}
