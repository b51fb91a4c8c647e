import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { NodeAPI } from "node-red";
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from "../account/private-file.ts";
import { SetupError } from "../errors.ts";
import { SECRET_CHARACTERS } from "../shared/callback-address.ts";
import { stateDirectory } from "./state-files.ts";

const KEY_BYTES = 32;

/**
 * The unguessable part of an account's callback path: derived from a random key of this installation, so that it is the same after every
 * restart, is known before the first deploy, and travels with no exported flow.
 */
export function callbackSecret(RED: NodeAPI, nodeId: string): string {
  const key = installationKey(join(stateDirectory(RED), "installation.key"));
  return createHmac("sha256", key).update(`callback ${nodeId}`).digest("base64url").slice(0, SECRET_CHARACTERS);
}

function installationKey(path: string): Buffer {
  try {
    return read(path) ?? make(path);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new SetupError(`the key of this installation cannot be kept: ${code}`, {
      code: "state_not_kept",
      remedy: 'Let Node-RED write to the folder "weighbridge" in its user directory.',
      cause: error,
    });
  }
}

function read(path: string): Buffer | undefined {
  try {
    const key = Buffer.from(readFileSync(path, "utf8").trim(), "hex");
    if (key.length === KEY_BYTES) return key;
    throw new SetupError("the key of this installation is damaged", {
      code: "state_not_kept",
      remedy: `Delete ${path}: callback paths change, and subscriptions are made again.`,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function make(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_DIRECTORY });
  // Fails where another node made one meanwhile, rather than replacing it.
  writeFileSync(path, key.toString("hex"), { mode: PRIVATE_FILE, flag: "wx", flush: true });
  return key;
}
