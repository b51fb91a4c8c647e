import { join } from "node:path";
import { fileTokenStore } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import type { GrantPlace } from "../account/account-api.ts";
import { stateDirectory } from "./state-files.ts";

/** The consent of an account: a file of its own, since Node-RED saves credentials at a deploy only, and tokens change every three hours. */
export const grantPlace = (RED: NodeAPI, name: string): GrantPlace => ({
  // Without a lock of its own: one Node-RED has its user directory for itself.
  tokens: fileTokenStore({ directory: join(stateDirectory(RED), "grants") }),
  name,
});
