#!/usr/bin/env node
import { parseArgs } from "node:util";
import { LIMITS } from "./limits.ts";
import { newcomer } from "./newcomer.ts";
import { startSimulator } from "./simulator.ts";

const HELP = `weighbridge-simulator: a simulated Withings cloud with a virtual scale

  --port <number>    where to listen on 127.0.0.1 (default 8470; 0 takes a free one)
  --person <name>    somebody with a scale; again for more (default Ada and Ben)
  --help             this text
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Registered at today's API. The same after each start, so that a configuration stays good. */
const APPLICATION = {
  name: "Weighbridge",
  clientId: "0123456789abcdef",
  clientSecret: "fedcba9876543210",
  redirectUrls: ["http://localhost:8643/callback"],
} as const;

const USAGE = 2;
const OPTIONS = {
  port: { type: "string", default: "8470" },
  person: { type: "string", multiple: true },
  help: { type: "boolean", default: false },
} as const;

/** The options, or what is wrong with them. */
function readOptions() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
      return `--port must be 0 to 65535, not ${values.port || "empty"}`;
    const people = (values.person ?? ["Ada", "Ben"]).map((name) => name.trim());
    const wrong = people.find((name) => name === "" || name.length > LIMITS.nameCharacters);
    if (wrong !== undefined)
      return `--person must be a name of 1 to ${LIMITS.nameCharacters} characters, not "${wrong}"`;
    const twice = people.find((name, index) => people.indexOf(name) !== index);
    if (twice !== undefined) return `--person ${twice} was given twice`;
    return { people, port, help: values.help };
  } catch (error) {
    return (error as Error).message;
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${HELP}`);
    process.exitCode = USAGE;
    return;
  }
  if (options.help) return print(HELP);
  const simulator = await startSimulator({ port: options.port });
  print(`The virtual scale: ${simulator.pageUrl}\nThe API's base URL: ${simulator.url}\n`);
  const { clientId, clientSecret, redirectUrls } = simulator.application(APPLICATION);
  print(`Today's API: ClientID ${clientId}, Secret ${clientSecret}, Registered URL ${redirectUrls.join(" ")}`);
  print("The original API:");
  for (const name of options.people) {
    const details = newcomer(name);
    const { userId, publicKey } = simulator.person(name, { ...details, heightM: 1.75 });
    print(`${name}: userid ${userId}, publickey ${publicKey} (account ${details.email}, password ${details.password})`);
  }
  const stop = () => void simulator.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

main().catch((error: NodeJS.ErrnoException) => {
  const inUse = "Another program listens there: choose another one with --port.\n";
  process.stderr.write(`${error.message}\n${error.code === "EADDRINUSE" ? inUse : ""}`);
  process.exitCode = 1;
});
