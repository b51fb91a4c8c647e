import { parseArgs } from "node:util";
import { systemClock, WeighbridgeError } from "@weighbridge/core";
import { StopError } from "../errors.ts";
import type { Terminal } from "./terminal.ts";

const HELP = `weighbridge: Withings weigh-ins to MQTT and Home Assistant

  weighbridge run --config <file>      run the bridge (-c for short)
  weighbridge demo                     a simulated scale, a broker and the real bridge, to try
      --once                           one weigh-in, then end: 0 only if it arrived
      --json                           with --once: one line of JSON
  weighbridge config check --config <file>   whether it can be used, and whom it watches
  weighbridge config schema            the JSON Schema of the configuration, for editors
  weighbridge --version | --help

Every setting can also come from the environment: WEIGHBRIDGE_MQTT__URL is mqtt.url.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
`;

const USAGE = 2;

/** On standard error: what a script reads on standard output stays clean. */
function misused(words: string): number {
  process.stderr.write(`${words}\n\n${HELP}`);
  return USAGE;
}

function terminal(): Terminal {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      resolve();
      // Whoever asks again does not want to wait.
      process.once(signal, () => process.exit(1));
    });
  return { print: (text) => void process.stdout.write(text), now: systemClock.now, asked };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: "string", short: "c" },
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      version: { type: "boolean", default: false },
    },
  });
  const [command, action] = positionals;
  const say = (text: string, code = 0) => {
    process.stdout.write(text);
    return code;
  };
  if (values.version) return say(`${(await import("../version.ts")).VERSION}\n`);
  if (values.help) return say(HELP);
  if (command === undefined) return misused("Say what to do.");
  const file = values.config === undefined ? {} : { file: values.config };
  switch (command) {
    case "run": {
      const { loadHousehold } = await import("../config/load.ts");
      const { run } = await import("./run.ts");
      return run(loadHousehold({ ...file, env: process.env }), terminal());
    }
    case "demo": {
      return demoCommand(action, values);
    }
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

async function demoCommand(
  more: string | undefined,
  { once, json }: { once: boolean; json: boolean },
): Promise<number> {
  if (more !== undefined) return misused(`demo takes no ${more}.`);
  if (json && !once) return misused("demo: --json goes with --once.");
  const { demo } = await import("./demo/demo.ts");
  return demo({ once, json }, terminal());
}

/** What happened and what to do; never a stack where an operator can act. */
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

main().then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(explain(error)),
);
