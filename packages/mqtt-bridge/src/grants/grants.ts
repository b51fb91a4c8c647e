import { join } from "node:path";
import { type Clock, fileTokenStore, type TokenStore } from "@weighbridge/core";
import { sqliteLock } from "./sqlite-lock.ts";

/** Where the grants of a state directory are: one file for each person, named by the slug. */
export const grantsDirectory = (stateDir: string): string => join(stateDir, "grants");

/** The grants of a state directory, which the bridge, `authorize` and `doctor` may use at the same time. */
export function openGrants(stateDir: string, clock: Clock): TokenStore {
  const directory = grantsDirectory(stateDir);
  return fileTokenStore({ directory, lock: sqliteLock(join(directory, "locks"), clock) });
}
