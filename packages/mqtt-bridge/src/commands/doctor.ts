import { writeFileSync } from "node:fs";
import { systemClock } from "@weighbridge/core";
import { publicClientOf } from "../accounts/public-client.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/findings.ts";
import { recording } from "../doctor/recording.ts";
import { openGrants } from "../grants/grants.ts";
import { look } from "./look.ts";
import type { Terminal } from "./terminal.ts";

export interface DoctorOptions {
  readonly isJson: boolean;
  /** File for what the API answered, without secrets and names. */
  readonly record: string | undefined;
}

const SIGNS = { good: "✓", note: "·", bad: "✗" } as const;

/** Says what is right, what is wrong, and what to do. Returns the exit code: 0 where nothing is wrong. */
export async function doctor(config: Config, { isJson, record }: DoctorOptions, terminal: Terminal): Promise<number> {
  const clock = systemClock;
  const tokens = openGrants(config.state_dir, clock);
  const recorded = recording();
  const parts = { tokens, clock, version: VERSION, ...(record !== undefined && { fetch: recorded.fetch }) };
  const clients = new Map<string, ReturnType<typeof publicClientOf>>();
  const findings: Finding[] = [];
  const found = examine({
    ...{ config, tokens, clock, look: (url) => look(url, clock) },
    clientOf(account) {
      const client = clients.get(account.id) ?? publicClientOf(account, parts);
      clients.set(account.id, client);
      return client;
    },
  });
  for await (const finding of found) {
    findings.push(finding);
    if (!isJson) terminal.print(lineOf(finding));
  }
  const isGood = findings.every(({ is }) => is !== "bad");
  if (isJson) terminal.print(`${JSON.stringify({ ok: isGood, findings })}\n`);
  if (record !== undefined) {
    writeFileSync(record, `${JSON.stringify({ version: VERSION, calls: recorded.calls }, null, 2)}\n`, { mode: 0o600 });
    if (!isJson)
      terminal.print(
        `\nWhat the API answered is in ${record}, without tokens, ids and names; look at it before you pass it on.\n`,
      );
  }
  return isGood ? 0 : 1;
}

const lineOf = ({ is, subject, words, remedy }: Finding) =>
  `${SIGNS[is]} ${subject}: ${words}\n${remedy === undefined ? "" : `    ${remedy}\n`}`;
