#!/usr/bin/env node
import { parseArgs } from "node:util";
import { systemClock, WeighbridgeError } from "@weighbridge/core";
import { type DemoOptions, demo } from "./demo.ts";
import type { Terminal } from "./terminal.ts";

const HELP = `weighbridge-demo: a simulated scale, an MQTT broker and the real bridge, to try

  --api      public: today's API, with the consent page (default); wbs: the original one
  --once     one weigh-in, then end: 0 only if it arrived
  --json     with --once: one line of JSON
  --help     this text
`;

const USAGE = 2;

/** The options, or what is wrong with them. */
function readOptions(): (DemoOptions & { readonly help: boolean }) | string {
  try {
    const { values } = parseArgs({
      options: {
        api: { type: "string", default: "public" },
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { api } = values;
    if (api !== "public" && api !== "wbs") return "--api is public or wbs.";
    return values.json && !values.once ? "--json goes with --once." : { ...values, api };
  } catch (error) {
    return (error as Error).message;
  }
}

function terminal(): Terminal {
  const { promise: stopRequested, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      resolve();
      // A second signal ends the process without waiting.
      process.once(signal, () => process.exit(1));
    });
  return { print: (text) => void process.stdout.write(text), now: systemClock.now, stopRequested };
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${HELP}`);
    return USAGE;
  }
  if (!options.help) return demo(options, terminal());
  process.stdout.write(HELP);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isOurs = error instanceof WeighbridgeError;
    process.stderr.write(isOurs ? `${error.message}\n${error.remedy}\n` : `${(error as Error).stack ?? error}\n`);
    process.exit(1);
  },
);
