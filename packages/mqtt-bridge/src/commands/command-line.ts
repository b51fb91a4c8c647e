import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { systemClock, WeighbridgeError } from "@weighbridge/core";
import { StopError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

const HELP = `weighbridge: Withings weigh-ins to MQTT and Home Assistant

  weighbridge run --config <file>      run the bridge (-c for short)
  weighbridge authorize --config <file> [--person <slug>] [--no-browser] [--demo]
                                       ask a person's consent for today's API
  weighbridge revoke --config <file> [--person <slug>]
                                       end it, at the service too
  weighbridge grant export|import --config <file> [--person <slug>]
                                       move it to another machine, by standard output and input
  weighbridge doctor --config <file> [--json] [--record <file>]
                                       look at everything, and say what to do
  weighbridge store move --config <file> --to postgres://user@host/database | sqlite
                                       move everything to another store, while no bridge runs
  weighbridge config check --config <file>   whether it can be used, and whom it watches
  weighbridge config schema            the JSON Schema of the configuration, for editors
  weighbridge --version | --help

Every setting can also come from the environment: WEIGHBRIDGE_MQTT__URL is mqtt.url.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
`;

const USAGE = 2;

/** Explains wrong usage on standard error: standard output stays clean for scripts. */
function misused(words: string): number {
  process.stderr.write(`${words}\n\n${HELP}`);
  return USAGE;
}

function terminal(): Terminal {
  const { promise: stopRequested, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      resolve();
      // A second signal ends the process without waiting.
      process.once(signal, () => process.exit(1));
    });
  return {
    print: (text) => void process.stdout.write(text),
    now: systemClock.now,
    stopRequested,
    lines: () => createInterface({ input: process.stdin, terminal: false }),
  };
}

async function main(): Promise<number> {
  // Before the options are read: this command knows none of the demo's.
  if (process.argv[2] === "demo") {
    process.stderr.write("The demo is a package of its own. Run it with: npx @weighbridge/demo\n");
    return USAGE;
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      config: { type: "string", short: "c" },
      person: { type: "string" },
      browser: { type: "boolean", default: true },
      demo: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      record: { type: "string" },
      to: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
      version: { type: "boolean", default: false },
    },
  });
  const [command, action] = positionals;
  const print = (text: string, code = 0) => {
    process.stdout.write(text);
    return code;
  };
  if (values.version) return print(`${(await import("../config/version.ts")).VERSION}\n`);
  if (values.help) return print(HELP);
  if (command === undefined) return misused("Say what to do.");
  const file = values.config === undefined ? {} : { file: values.config };
  switch (command) {
    case "run": {
      const { loadRunnableConfig } = await import("../config/load.ts");
      const { run } = await import("./run.ts");
      const warnings: string[] = [];
      const onWarning = (warning: string) => void warnings.push(warning);
      return run(loadRunnableConfig({ ...file, env: process.env, onWarning }), warnings, terminal());
    }
    case "authorize": {
      const { loadRunnableConfig } = await import("../config/load.ts");
      const { authorize } = await import("./authorize.ts");
      const config = loadRunnableConfig({ ...file, env: process.env });
      const { person, browser: isBrowserOpened, demo: isDemo } = values;
      return authorize(config, { person, isBrowserOpened, isDemo }, terminal());
    }
    case "revoke":
      return storedConsent("revoke", file, values.person);
    case "grant":
      return storedConsent(action === "revoke" ? undefined : action, file, values.person);
    case "doctor": {
      const { loadRunnableConfig } = await import("../config/load.ts");
      const { doctor } = await import("./doctor.ts");
      const config = loadRunnableConfig({ ...file, env: process.env });
      return doctor(config, { isJson: values.json, record: values.record }, terminal());
    }
    case "store":
      return store(action, file, values.to);
    case "config": {
      if (action !== "check" && action !== "schema")
        return misused(action === undefined ? "config: check or schema?" : `There is no command config ${action}.`);
      const { config } = await import("./config.ts");
      return config(action, values.config, terminal());
    }
    default:
      return misused(`There is no command ${command}.`);
  }
}

async function store(
  action: string | undefined,
  file: { readonly file?: string },
  to: string | undefined,
): Promise<number> {
  if (action !== "move") return misused(action === undefined ? "store: move?" : `There is no command store ${action}.`);
  const { loadRunnableConfig } = await import("../config/load.ts");
  const { moveStore } = await import("./store.ts");
  return moveStore(loadRunnableConfig({ ...file, env: process.env }), to, terminal());
}

async function storedConsent(
  word: string | undefined,
  file: { readonly file?: string },
  person: string | undefined,
): Promise<number> {
  const { exportGrant, importGrant, revoke } = await import("./grant.ts");
  const works: Readonly<Record<string, typeof revoke>> = { revoke, export: exportGrant, import: importGrant };
  const work = word === undefined ? undefined : works[word];
  if (work === undefined) return misused("grant: export or import?");
  const { loadRunnableConfig } = await import("../config/load.ts");
  const config = loadRunnableConfig({ ...file, env: process.env });
  return work(config, person, terminal());
}

/** Prints an error and its remedy, without a stack where an operator can act. Returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof StopError) {
    for (const inner of error.errors) explain(inner);
    return 1;
  }
  if (error instanceof WeighbridgeError) {
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    return error.code.startsWith("config") ? USAGE : 1;
  }
  const { code, message, stack, syscall } = error as NodeJS.ErrnoException;
  if (code?.startsWith("ERR_PARSE_ARGS")) return misused(message);
  if (syscall === "listen") {
    process.stderr.write(`${message}\nSet another callback.port, or a callback.host that this machine has.\n`);
    return 1;
  }
  process.stderr.write(`${stack ?? String(error)}\n`);
  return 1;
}

// A reader that goes away (a closed pipe, a lost terminal, a full disk behind a redirection) costs the output, not the bridge.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

main().then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(explain(error)),
);
