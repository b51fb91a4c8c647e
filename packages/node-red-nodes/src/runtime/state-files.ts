import { createHash } from "node:crypto";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { SetupError } from "../errors.ts";

/** Directory of everything that must survive a restart. */
export function stateDirectory(RED: NodeAPI): string {
  const { userDir } = RED.settings;
  if (userDir) return join(userDir, "weighbridge");
  throw new SetupError("Node-RED has no user directory", {
    code: "state_not_kept",
    remedy: "Start Node-RED with a user directory (--userDir): what the nodes remember is kept there.",
  });
}

/** A file for each name. A name that is no plain id is hashed: it must not lead out of the directory. */
export function stateFile(RED: NodeAPI, kind: string, name: string): string {
  const plain = /^[\w-]{1,100}$/.test(name) ? name : createHash("sha256").update(name).digest("hex").slice(0, 32);
  return join(stateDirectory(RED), `${kind}-${plain}.json`);
}
