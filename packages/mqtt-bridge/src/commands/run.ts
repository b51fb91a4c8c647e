import { Bridge } from "../bridge.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { StopError, StoreError } from "../errors.ts";
import { createLog } from "../log.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the bridge until SIGINT or SIGTERM. Returns the exit code. */
export async function run(config: Config, warnings: readonly string[], terminal: Terminal): Promise<number> {
  const log = createLog(config.log.level, terminal.print, terminal.now);
  for (const warning of warnings) log.warn(warning);
  const fatal = Promise.withResolvers<unknown>();
  const bridge = new Bridge({
    config,
    log,
    version: VERSION,
    onFatal: fatal.resolve,
    onOnline: () => log.info("Online"),
  });
  await bridge.start();
  const ending = await Promise.race([terminal.stopRequested.then(() => undefined), fatal.promise]);
  if (ending !== undefined) log.error("The store failed; ending", wordsOf(ending));
  const failures = await stop(bridge);
  for (const failure of failures)
    if (failure !== ending) log.error("A step of stopping failed", { reason: String(failure) });
  log.info("Stopped");
  return ending === undefined && failures.length === 0 ? 0 : 1;
}

const wordsOf = (error: unknown) =>
  error instanceof StoreError
    ? { reason: error.message, code: error.code, remedy: error.remedy }
    : { reason: String(error), remedy: "Start again: what was acknowledged is on disk, and nothing of it is lost." };

/** Returns the failures. */
async function stop(bridge: Bridge): Promise<readonly unknown[]> {
  try {
    await bridge.stop();
    return [];
  } catch (error) {
    return error instanceof StopError ? error.errors : [error];
  }
}
