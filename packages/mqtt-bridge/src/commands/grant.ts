import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileTokenStore, type Grant, NotAuthorizedError, systemClock } from "@weighbridge/core";
import { publicClientOf } from "../accounts/public-client.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { ConfigError } from "../errors.ts";
import { grantsDirectory, openGrants } from "../grants/grants.ts";
import { answer } from "./answer.ts";
import { type Chosen, chosen } from "./chosen.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import type { Terminal } from "./terminal.ts";

/** Writes a person's consent to standard output, for another machine. Returns the exit code. */
export async function exportGrant(config: Config, options: PersonOption, { print, note }: Terminal): Promise<number> {
  const { person } = chosen(config, options.person);
  await storedGrant(config, person.slug);
  print(await readFile(join(grantsDirectory(config.state_dir), `${person.slug}.json`), "utf8"));
  note(
    "This is a secret: it opens the person's data. Let one machine use it alone, since each renewal ends the copy of another one.\n",
  );
  return 0;
}

/** Takes a person's consent from standard input, as `grant export` or a state directory has it. Returns the exit code. */
export async function importGrant(
  config: Config,
  options: PersonOption & JsonOption,
  terminal: Terminal,
): Promise<number> {
  const who = chosen(config, options.person);
  const lines: string[] = [];
  for await (const line of terminal.lines()) lines.push(line);
  const grant = await parsed(lines.join("\n"), who);
  const tokens = openGrants(config.state_dir, systemClock);
  const { slug: name } = who.person;
  await tokens.exclusively(name, async () => {
    const before = await tokens.read(name);
    if (before && before.userId !== grant.userId)
      throw unfit(`${name} was userid ${before.userId} so far, and this consent is of userid ${grant.userId}`);
    await tokens.write(name, { ...grant, revision: Math.max(before?.revision ?? 0, grant.revision) + 1 });
  });
  const document = { person: name, userid: grant.userId, stored: true };
  answer(terminal, options, document, `The consent of ${who.person.name} (userid ${grant.userId}) is stored.\n`);
  return 0;
}

/** Ends a person's consent at the service, with all subscriptions, and deletes what is stored of it. Returns the exit code. */
export async function revoke(config: Config, options: PersonOption & JsonOption, terminal: Terminal): Promise<number> {
  const { account, person } = chosen(config, options.person);
  const { userId } = await storedGrant(config, person.slug);
  const tokens = openGrants(config.state_dir, systemClock);
  const client = publicClientOf(account, { tokens, clock: systemClock, version: VERSION });
  await client.person(person.slug, userId).signOut();
  const words = `The consent of ${person.name} (userid ${userId}) has ended, and its tokens are deleted. The history stays.\n`;
  answer(terminal, options, { person: person.slug, userid: userId, ended: true }, words);
  return 0;
}

async function storedGrant(config: Config, slug: string): Promise<Grant> {
  const grant = await openGrants(config.state_dir, systemClock).read(slug);
  if (grant) return grant;
  throw new NotAuthorizedError(`there is no consent of ${slug} in ${grantsDirectory(config.state_dir)}`, {
    code: "not_authorized",
    remedy: `Run weighbridge authorize --person ${slug}.`,
  });
}

/** Read by the very store that will keep it. Throws what is wrong with it. */
async function parsed(text: string, { account, person }: Chosen): Promise<Grant> {
  const directory = mkdtempSync(join(tmpdir(), "weighbridge-grant-"));
  try {
    writeFileSync(join(directory, "stdin.json"), text, { mode: 0o600 });
    const grant = await fileTokenStore({ directory })
      .read("stdin")
      .catch(() => undefined);
    if (grant === undefined) throw unfit("what was given is no consent");
    if (grant.clientId !== account.client_id)
      throw unfit(`the consent is to another application than that of account ${account.id}`);
    if (person.userid !== undefined && String(person.userid) !== grant.userId)
      throw unfit(
        `the consent is of userid ${grant.userId}, and ${person.slug} is ${person.userid} in the configuration`,
      );
    return grant;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const unfit = (words: string) =>
  new ConfigError(words, {
    code: "config_invalid",
    remedy: "Pipe in what weighbridge grant export printed for this person. Nothing was stored.",
  });
