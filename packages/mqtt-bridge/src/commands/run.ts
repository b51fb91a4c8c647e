import { systemClock } from "@weighbridge/core";
import { Bridge } from "../bridge.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { StopError, StoreError } from "../errors.ts";
import { createLog, type LeveledLog, type Log, prettyWriter } from "../log.ts";
import { ServiceManager } from "./service-manager.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the bridge until SIGINT or SIGTERM. Returns the exit code. */
export async function run(config: Config, warnings: readonly string[], terminal: Terminal): Promise<number> {
  const isTerminal = process.stdout.isTTY === true;
  const isColored = isTerminal && process.env["NO_COLOR"] === undefined;
  const write = isTerminal ? await prettyWriter(terminal.print, { isColored }) : terminal.print;
  const log = createLog(config.log.level, write, terminal.now);
  for (const warning of warnings) log.warn(warning);
  const manager = new ServiceManager({ env: process.env, pid: process.pid, clock: systemClock, log });
  for (;;) {
    const { ending, failures } = await runOnce(config, { log, terminal, manager });
    reportEnding(ending, failures, log);
    if (ending.is === "newcomer" && failures.length === 0) continue;
    log.info("Stopped");
    return ending.is === "stopped" && failures.length === 0 ? 0 : 1;
  }
}

function reportEnding(ending: Ending, failures: readonly unknown[], log: Log): void {
  const fatal = ending.is === "fatal" ? ending.error : undefined;
  if (ending.is === "fatal") log.error("The store failed; ending", wordsOf(fatal));
  for (const failure of failures)
    if (failure !== fatal) log.error("A step of stopping failed", { reason: String(failure) });
}

type Ending =
  | { readonly is: "stopped" }
  | { readonly is: "fatal"; readonly error: unknown }
  /** Somebody consented: the bridge starts again with them. */
  | { readonly is: "newcomer" };

interface Around {
  readonly log: LeveledLog;
  readonly terminal: Terminal;
  readonly manager: ServiceManager;
}

async function runOnce(config: Config, { log, terminal: { stopRequested }, manager }: Around) {
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
  const bridge = new Bridge({
    config,
    log,
    version: VERSION,
    onFatal: (error) => end({ is: "fatal", error }),
    onOnline: () => log.info("Online"),
    onNewPerson: (person) => {
      log.info("A person has consented and is followed from now on", { person });
      end({ is: "newcomer" });
    },
  });
  await bridge.start();
  manager.ready();
  const ending = await Promise.race([stopRequested.then((): Ending => ({ is: "stopped" })), ended]);
  if (ending.is !== "newcomer") await manager.stopping();
  return { ending, failures: await stop(bridge) };
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
