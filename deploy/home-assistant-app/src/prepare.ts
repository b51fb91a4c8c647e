import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AppOptions, configurationOf, type MqttService, missingOptions } from "./configuration.ts";

export interface PrepareInput {
  /** Survives restarts and updates of the app. */
  readonly dataDir: string;
  readonly supervisorUrl: string;
  readonly supervisorToken: string;
  /** The command line of the bridge. */
  readonly weighbridge: readonly [command: string, ...args: string[]];
  print(text: string): void;
}

const SUPERVISOR_MS = 10_000;
const IMPORT_MS = 30_000;

/** Writes the bridge's configuration of the app's options and of Home Assistant's broker. Resolves with its path; undefined where the bridge cannot start. */
export async function prepare(input: PrepareInput): Promise<string | undefined> {
  const { dataDir, print } = input;
  const options = JSON.parse(readFileSync(join(dataDir, "options.json"), "utf8")) as AppOptions;
  const missing = missingOptions(options);
  if (missing.length > 0) {
    print(
      `Nothing can start yet. Open the app's Configuration page:\n${missing.map((line) => `- ${line}\n`).join("")}`,
    );
    return undefined;
  }
  const mqtt = await mqttService(input);
  if (mqtt === undefined) return undefined;
  const stateDir = join(dataDir, "state");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "weighbridge.json");
  const configuration = configurationOf({ options, mqtt, stateDir, adminToken: adminToken(dataDir) });
  writeFileSync(file, JSON.stringify(configuration, null, 2), { mode: 0o600 });
  importConsents(input, options.consents ?? [], file);
  return file;
}

async function mqttService({ supervisorUrl, supervisorToken, print }: PrepareInput): Promise<MqttService | undefined> {
  try {
    const response = await fetch(`${supervisorUrl}/services/mqtt`, {
      headers: { authorization: `Bearer ${supervisorToken}` },
      signal: AbortSignal.timeout(SUPERVISOR_MS),
    });
    const { data, message } = (await response.json()) as { data?: MqttService; message?: string };
    if (response.ok && data?.host) return data;
    print(
      `Home Assistant names no MQTT broker (${message ?? response.status}). Install the app Mosquitto broker and start it.\n`,
    );
  } catch (error) {
    print(
      `The Supervisor did not answer (${(error as Error).message}). Restart the app; if it stays, restart Home Assistant.\n`,
    );
  }
  return undefined;
}

/** The same for good: whoever was given it keeps it. */
function adminToken(dataDir: string): string {
  const file = join(dataDir, "admin.token");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** Each consent once: the bridge renews it, and the text in the options ends with the first renewal. */
function importConsents(input: PrepareInput, consents: NonNullable<AppOptions["consents"]>, config: string): void {
  const { dataDir, weighbridge, print } = input;
  const file = join(dataDir, "imported.json");
  const done = new Set<string>(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
  for (const { person, consent } of consents) {
    const mark = createHash("sha256").update(`${person}\n${consent}`).digest("hex");
    if (done.has(mark)) continue;
    const [command, ...first] = weighbridge;
    const args = [...first, "grant", "import", "--person", person, "--config", config];
    const { status, stdout, stderr } = spawnSync(command, args, {
      input: consent,
      encoding: "utf8",
      timeout: IMPORT_MS,
    });
    print(status === 0 ? stdout : `The consent of ${person} was not taken. ${stderr}`);
    if (status === 0) done.add(mark);
  }
  writeFileSync(file, JSON.stringify([...done]), { mode: 0o600 });
}
