import { join } from "node:path";
import { fileTokenStore, type TokenStore } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import type { GrantPlace } from "../account/account-api.ts";
import { stateDirectory } from "./state-files.ts";

/** One store for each directory: the nodes of a redeploy find in it what those before them could not write. */
const stores = new Map<string, TokenStore>();

/** The consent of an account: a file of its own, since Node-RED saves credentials at a deploy only, and tokens change every three hours. */
export function grantPlace(RED: NodeAPI, name: string): GrantPlace {
  const directory = join(stateDirectory(RED), "grants");
  // Without a lock of its own: one Node-RED has its user directory for itself.
  const tokens = stores.get(directory) ?? fileTokenStore({ directory });
  stores.set(directory, tokens);
  return { tokens, name };
}
