import { existsSync } from "node:fs";
import { type Problem, WeighbridgeError } from "@weighbridge/core";
import { VERSION } from "../config/version.ts";
import { StopError } from "../errors.ts";
import type { Given, JsonOption } from "./command.ts";
import type { Typed } from "./program.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { COMMANDS } from "./tree.ts";

const USAGE = 2;
/** Taken where neither `--config` nor the environment says whom to watch. */
const DEFAULT_FILE = "weighbridge.yaml";

async function main(): Promise<number> {
  const terminal = processTerminal();
  const run = plainRun(process.argv.slice(2));
  if (run) return started(run, terminal);
  const { parseCommandLine } = await import("./program.ts");
  let code: number | undefined;
  const isUnderstood = await parseCommandLine({
    rows: COMMANDS,
    version: VERSION,
    onCommand: async (typed) => {
      code = await started(typed, terminal);
    },
  });
  return code ?? (isUnderstood ? 0 : USAGE);
}

/** The command of every start, which does not wait for the command line library. Undefined for anything else, and for what has to be explained. */
function plainRun([name, ...more]: readonly string[]): Typed | undefined {
  const row = COMMANDS.find((one) => one.name === "run");
  if (name !== "run" || row === undefined) return undefined;
  if (more.length === 0) return { row, options: {}, args: [] };
  const [flag, file, ...others] = more;
  const isFile = (flag === "--config" || flag === "-c") && file !== undefined && !file.startsWith("-");
  return isFile && others.length === 0 ? { row, options: { config: file }, args: [] } : undefined;
}

async function started({ row, options, args }: Typed, terminal: Terminal): Promise<number> {
  const { config: named, ...others } = options as { readonly config?: string } & JsonOption;
  const file = named ?? defaultFile();
  const given: Given<object> = {
    ...{ options: others, args, terminal, file, rows: COMMANDS },
    async config(onWarning) {
      const { loadRunnableConfig } = await import("../config/load.ts");
      const sources = { ...(file === undefined ? {} : { file }), env: process.env };
      return loadRunnableConfig({ ...sources, ...(onWarning && { onWarning }) });
    },
  };
  try {
    return await row.start(given as Given<never>);
  } catch (error) {
    return others.json === true ? explainAsJson(error) : explain(error);
  }
}

function defaultFile(): string | undefined {
  const isNamed = (process.env["WEIGHBRIDGE_PEOPLE"] ?? "") !== "";
  return !isNamed && existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined;
}

/** Prints an error and its remedy, without a stack where an operator can act. Returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof StopError) {
    for (const inner of error.errors) explain(inner);
    return 1;
  }
  const problem = knownProblem(error);
  const { stack } = error as Error;
  process.stderr.write(problem ? `${problem.message}\n${problem.remedy}\n` : `${stack ?? String(error)}\n`);
  return codeOf(error);
}

/** Prints an error as the document that a script waits for. Returns the exit code. */
function explainAsJson(error: unknown): number {
  const unknown = { code: "failed", message: error instanceof Error ? error.message : String(error), remedy: "" };
  process.stdout.write(`${JSON.stringify({ error: knownProblem(error) ?? unknown })}\n`);
  return codeOf(error);
}

type Explained = Pick<Problem, "message" | "remedy"> & { readonly code: string };

function knownProblem(error: unknown): Explained | undefined {
  if (error instanceof WeighbridgeError) return { code: error.code, message: error.message, remedy: error.remedy };
  const { code = "failed", message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== "listen") return undefined;
  return { code, message, remedy: "Set another callback.port, or a callback.host that this machine has." };
}

const codeOf = (error: unknown): number =>
  error instanceof WeighbridgeError && error.code.startsWith("config") ? USAGE : 1;

// A reader that goes away (a closed pipe, a lost terminal, a full disk behind a redirection) costs the output, not the bridge.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

main().then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(explain(error)),
);
