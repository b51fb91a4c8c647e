import { systemClock } from "@weighbridge/core";
import { Accounts, type OpenedApi } from "../accounts/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { openGrants } from "../grants/grants.ts";
import { BridgeError } from "./bridge-client.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The APIs of people, for a command that asks them itself. */
export function apisOf(config: Config): (person: PersonConfig) => Promise<OpenedApi> {
  const tokens = openGrants(config.state_dir, systemClock);
  const accounts = new Accounts({
    ...{ config, tokens, version: VERSION, clock: systemClock, log: SILENT },
    warn: () => {},
    onCall: () => {},
    onOutcome: () => {},
  });
  return async (person) => {
    const opened = await accounts.of(person);
    if ("api" in opened) return opened;
    const { code, message, remedy } = opened.problem;
    throw new BridgeError(`${person.slug}: ${message}`, { code, remedy });
  };
}
