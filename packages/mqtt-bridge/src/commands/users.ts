import { createWbsClient, isoTime, systemClock } from "@weighbridge/core";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { openGrants } from "../grants/grants.ts";
import { answer } from "./answer.ts";
import type { JsonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export interface UsersOptions extends JsonOption {
  readonly email?: string;
  readonly account?: string;
  readonly keys?: boolean;
}

interface Row {
  readonly person: string;
  readonly name: string;
  readonly account: string;
  readonly userid: string | null;
  /** `key`: the original API reads by a publickey, and needs no consent. */
  readonly consent: "authorized" | "missing" | "other_application" | "key";
  readonly unit: PersonConfig["weight_unit"];
}

const WORDS: Readonly<Record<Row["consent"], string>> = {
  authorized: "✓ has consented",
  key: "✓ by publickey",
  missing: "✗ has not consented: weighbridge authorize --person #",
  other_application: "✗ has consented to another application: weighbridge authorize --person #",
};

/** Lists the people of the configuration, or the users of an account of the original API. Returns the exit code. */
export async function users(config: Config, options: UsersOptions, terminal: Terminal): Promise<number> {
  if (options.email !== undefined) return listAccount(config, options.email, options, terminal);
  const rows = await Promise.all(config.people.map((person) => rowOf(config, person)));
  const lines = rows.map(({ person, name, account, userid, consent }) => {
    const who = userid === null ? "" : `, userid ${userid}`;
    return `${person}: ${name}, account ${account}${who}\n    ${WORDS[consent].replace("#", person)}\n`;
  });
  answer(terminal, options, { people: rows }, lines.join(""));
  return 0;
}

async function rowOf(config: Config, person: PersonConfig): Promise<Row> {
  const { slug, name, userid, weight_unit: unit } = person;
  const account = accountOf(accountsOf(config), person);
  const base = { person: slug, name, account: account?.id ?? "", unit };
  const known = userid === undefined ? null : String(userid);
  if (account?.generation !== "public") return { ...base, userid: known, consent: "key" };
  const grant = await openGrants(config.state_dir, systemClock).read(slug);
  if (grant === undefined) return { ...base, userid: known, consent: "missing" };
  const isOurs = grant.clientId === account.client_id;
  return { ...base, userid: grant.userId, consent: isOurs ? "authorized" : "other_application" };
}

/** Asks for the password on standard input, since an argument would stand in the list of processes. */
async function listAccount(config: Config, email: string, options: UsersOptions, terminal: Terminal): Promise<number> {
  const originals = accountsOf(config).flatMap((account) => (account.generation === "wbs" ? [account] : []));
  const account = originals.find(({ id }) => options.account === undefined || id === options.account);
  if (account === undefined)
    throw new ConfigError("no account of the configuration is at the original API", {
      code: "config_invalid",
      remedy: "Give an account with generation: wbs; people of today's API consent with weighbridge authorize.",
    });
  const password = await passwordOf(email, terminal);
  const client = createWbsClient({ baseUrl: account.base_url, method: account.method });
  const found = await client.account.getUsersList({ email, password });
  const shown = found.map(({ id, publicKey, firstName, lastName, birthDate }) => ({
    userid: id,
    name: [firstName, lastName].filter(Boolean).join(" "),
    born: birthDate === undefined ? null : isoTime(birthDate).slice(0, 10),
    ...(options.keys === true && { publickey: publicKey }),
  }));
  const lines = shown.map(
    ({ userid, name, publickey }) => `${userid}: ${name}${publickey === undefined ? "" : `, publickey ${publickey}`}\n`,
  );
  answer(terminal, options, { users: shown }, lines.join(""));
  return 0;
}

async function passwordOf(email: string, terminal: Terminal): Promise<string> {
  if (process.stdin.isTTY) {
    const { terminalAsker } = await import("../setup/asker.ts");
    return terminalAsker().secret({ message: `The password of ${email} (not shown, not kept)` });
  }
  const lines = terminal.lines();
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  throw new ConfigError("no password came on standard input", {
    code: "config_usage",
    remedy: "Pipe it in, or run the command on a terminal.",
  });
}
