import {
  type Clock,
  Consent,
  type ConsentClient,
  type ConsentOutcome,
  type Grant,
  isoTime,
  type TokenStore,
} from "@weighbridge/core";
import type { PersonConfig, PublicAccountConfig } from "../config/schema.ts";
import { outcomePage } from "./outcome-page.ts";
import { type Page, RedirectServer } from "./redirect-server.ts";

/** What is known of a person right after they consented. */
export interface Newcomer {
  readonly devices: readonly { readonly name: string; readonly lastContactAt?: number | undefined }[];
  /** The newest weigh-in; undefined without one. */
  readonly last?: { readonly kilograms: number; readonly measuredAt: number } | undefined;
}

interface AuthorizeClient extends ConsentClient {
  /** Rejects where ClientID, Secret or the clock is wrong: before a browser opens. */
  checkClient(): Promise<void>;
  /** Reads what shows that the right person consented. */
  newcomer(grant: Grant): Promise<Newcomer>;
}

export interface AuthorizeInput {
  readonly client: AuthorizeClient;
  readonly account: PublicAccountConfig;
  readonly person: PersonConfig;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly isDemo: boolean;
  print(text: string): void;
  /** Lines that somebody pastes. */
  readonly lines: AsyncIterable<string>;
  /** Undefined where no browser is to be opened. */
  readonly openBrowser: ((url: string) => void) | undefined;
  readonly stopRequested: Promise<void>;
}

/** Leads one person through the consent page, again and again until it worked or somebody stops it. Resolves with whether it worked. */
export async function authorize(input: AuthorizeInput): Promise<boolean> {
  const { client, account, person, tokens, clock, isDemo, print, stopRequested } = input;
  print(`Checking the application of account ${input.account.id} … `);
  await client.checkClient();
  print("good.\n");
  print(`Registered URL that the application must have, letter by letter: ${account.redirect_url}\n`);
  const consent = new Consent({
    ...{ client, tokens, clock, isDemo, name: person.slug },
    redirectUrl: account.redirect_url,
    userId: person.userid === undefined ? undefined : String(person.userid),
  });
  const { promise: done, resolve } = Promise.withResolvers<Grant>();
  const take = async (text: string, isPasted: boolean): Promise<Page> => {
    const outcome = await consent.take(text, isPasted);
    const page = outcomePage(outcome, account, person);
    if (outcome.is === "authorized") resolve(outcome.grant);
    else retry(input, consent, outcome, page);
    return page;
  };
  const server = new RedirectServer({
    redirectUrl: new URL(input.account.redirect_url),
    onRedirect: (url) => take(url, false),
  });
  const isListening = await listen(server, input);
  try {
    showLink(input, consent.newLink(), isListening);
    void readLines(input.lines, (line) => take(line, true));
    const grant = await Promise.race([done, stopRequested.then(() => undefined)]);
    if (grant === undefined) return false;
    print(`\n${person.name} is authorized (userid ${grant.userId}).\n`);
    await introduce(input, grant);
    return true;
  } finally {
    await server.stop();
  }
}

/** False where only pasting is possible. */
async function listen(server: RedirectServer, { account, print }: AuthorizeInput): Promise<boolean> {
  const { protocol, port } = new URL(account.redirect_url);
  if (protocol === "https:") return false;
  try {
    await server.start();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "another program has it" : String(code);
    print(`Port ${port} of ${account.redirect_url} cannot be listened on (${why}): paste the address below instead.\n`);
    return false;
  }
}

function showLink({ account, print, openBrowser }: AuthorizeInput, url: string, isListening: boolean): void {
  print(`\nOpen this link, log in as the person, leave every box ticked, and allow:\n\n  ${url}\n\n`);
  const paste = "Paste the address that the browser shows afterwards, within 30 seconds, and press Enter";
  print(
    isListening
      ? `The browser comes back by itself. If it is on another machine: ${paste.charAt(0).toLowerCase()}${paste.slice(1)}.\n`
      : `${paste}: it begins with ${account.redirect_url}, and the page need not exist.\n`,
  );
  openBrowser?.(url);
}

function retry({ print }: AuthorizeInput, consent: Consent, outcome: ConsentOutcome, { title, words }: Page): void {
  print(`\n${title}. ${words}\n`);
  // The link that logs out leads to a fresh consent page.
  if (outcome.is === "stranger") print(`Open this first:\n\n  ${outcome.firstOpen}\n`);
  else print(`A fresh link:\n\n  ${consent.newLink()}\n`);
}

async function readLines(lines: AsyncIterable<string>, take: (line: string) => Promise<unknown>): Promise<void> {
  for await (const line of lines) if (line.trim() !== "") await take(line);
}

/** That these cannot be read now changes nothing about the consent. */
async function introduce({ client, print }: AuthorizeInput, grant: Grant): Promise<void> {
  const found = await client.newcomer(grant).catch(() => undefined);
  if (found === undefined)
    return print("Devices and weigh-ins could not be read right now; the bridge will read them.\n");
  for (const { name, lastContactAt } of found.devices)
    print(`  ${name}${lastContactAt === undefined ? "" : `, last contact ${isoTime(lastContactAt)}`}\n`);
  if (found.devices.length === 0) print("  no device\n");
  const { last } = found;
  print(
    last
      ? `  last weigh-in: ${last.kilograms} kg at ${isoTime(last.measuredAt)}\n`
      : "  no weigh-in in the last 90 days\n",
  );
}
