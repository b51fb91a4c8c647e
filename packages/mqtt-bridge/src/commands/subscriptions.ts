import { systemClock } from "@weighbridge/core";
import { callbackPaths } from "../accounts/callback-paths.ts";
import type { StatusAnswer } from "../admin/contract.ts";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import type { SubscriptionDocument } from "../messages/person-documents.ts";
import { openStoreToRead } from "../open-store.ts";
import { answer } from "./answer.ts";
import { BridgeClient, BridgeError } from "./bridge-client.ts";
import type { JsonOption, PersonOption } from "./command.ts";
import { unknownPerson } from "./past.ts";
import { apisOf } from "./person-api.ts";
import type { Terminal } from "./terminal.ts";

export interface SubscriptionOptions extends PersonOption, JsonOption {}

type Row = { readonly person: string } & Omit<SubscriptionDocument, "schema">;

const SIGNS = { active: "✓", none: "·", failed: "✗" } as const;

/** How the subscriptions stand in the running bridge. Returns the exit code: 0 where none failed. */
export async function listSubscriptions(
  config: Config,
  options: SubscriptionOptions,
  terminal: Terminal,
): Promise<number> {
  const { people } = await new BridgeClient(config).get<StatusAnswer>("/api/status");
  const wanted = chosenPeople(config, options.person).map(({ slug }) => slug);
  const rows = people
    .filter(({ slug }) => wanted.includes(slug))
    .map(({ slug, subscription: { schema: _schema, ...subscription } }): Row => ({ person: slug, ...subscription }));
  return shown(rows, options, terminal);
}

/** Lets the running bridge look after them now, and says how they stood before. Returns the exit code. */
export async function checkSubscriptions(
  config: Config,
  options: SubscriptionOptions,
  terminal: Terminal,
): Promise<number> {
  const { person } = options;
  const bridge = new BridgeClient(config);
  const { people } = await bridge.request<{ readonly people: readonly Row[] }>(
    "subscription",
    person === undefined ? {} : { person },
  );
  if (options.json !== true) terminal.print("The bridge looks after them now; before that:\n");
  return shown(people, options, terminal);
}

function shown(rows: readonly Row[], options: JsonOption, terminal: Terminal): number {
  const lines = rows.map(({ person, status, expires_at, checked_at, problem }) => {
    const until = expires_at === null ? "" : `, until ${expires_at}`;
    const checked = checked_at === null ? "" : `, checked ${checked_at}`;
    const why = problem === null ? "" : `: ${problem.message}\n    ${problem.remedy}`;
    return `${SIGNS[status]} ${person}: ${status}${until}${checked}${why}\n`;
  });
  answer(terminal, options, { subscriptions: rows }, lines.join(""));
  return rows.every(({ status }) => status !== "failed") ? 0 : 1;
}

/** Subscribes once more at the API, which makes what is missing of it, and lets the running bridge look. Returns the exit code. */
export async function renewSubscriptions(
  config: Config,
  options: SubscriptionOptions,
  terminal: Terminal,
): Promise<number> {
  const bridge = new BridgeClient(config);
  const { has_callback } = await bridge.get<StatusAnswer>("/api/status");
  const urlOf = await callbackUrls(config);
  const apiOf = apisOf(config);
  const renewed: object[] = [];
  for (const person of chosenPeople(config, options.person)) {
    const url = urlOf(person);
    if (!has_callback || url === undefined) throw polls();
    const { api } = await apiOf(person);
    const { expiresAt } = await api.subscribe(url, "Weighbridge: tells your home when you weigh in");
    renewed.push({
      person: person.slug,
      expires_at: expiresAt === undefined ? null : new Date(expiresAt * 1000).toISOString(),
    });
    if (options.json !== true) terminal.print(`${person.slug} is renewed.\n`);
    await bridge.request("subscription", { person: person.slug });
  }
  if (options.json === true) answer(terminal, options, { renewed }, "");
  return 0;
}

/** Ends them at the API. A bridge that runs would make them again, so none may. Returns the exit code. */
export async function endSubscriptions(
  config: Config,
  options: SubscriptionOptions,
  terminal: Terminal,
): Promise<number> {
  if (await isRunning(config))
    throw new BridgeError("the bridge runs, and would subscribe again", {
      code: "bridge_running",
      remedy: "Stop it first; to poll for good, take callback.public_url out of the configuration.",
    });
  const urlOf = await callbackUrls(config);
  const apiOf = apisOf(config);
  const ended: { readonly person: string; readonly ended: boolean }[] = [];
  for (const person of chosenPeople(config, options.person)) {
    const url = urlOf(person);
    if (url === undefined) throw polls();
    const { api } = await apiOf(person);
    ended.push({ person: person.slug, ended: await api.revoke(url) });
  }
  const words = ended.map((one) => `${one.person}: ${one.ended ? "ended" : "there was none"}\n`);
  answer(terminal, options, { ended }, words.join(""));
  return 0;
}

async function isRunning(config: Config): Promise<boolean> {
  try {
    await new BridgeClient(config).get("/healthz");
    return true;
  } catch (error) {
    if (error instanceof BridgeError && error.code === "bridge_unreachable") return false;
    throw error;
  }
}

/** The URL of each person's account, with the secret that the bridge made at its first start. */
async function callbackUrls(config: Config): Promise<(person: PersonConfig) => string | undefined> {
  const store = await openStoreToRead(config, systemClock);
  try {
    const paths = await callbackPaths(config, store);
    return (person) => {
      const account = accountOf(accountsOf(config), person);
      return paths.find(({ accountId }) => accountId === account?.id)?.url;
    };
  } finally {
    await store.close();
  }
}

function chosenPeople(config: Config, slug: string | undefined): readonly PersonConfig[] {
  const people = slug === undefined ? config.people : config.people.filter((person) => person.slug === slug);
  if (people.length === 0) throw unknownPerson(config, slug);
  return people;
}

const polls = () =>
  new BridgeError("this bridge only polls", {
    code: "no_callback_url",
    remedy: "Set callback.public_url and start the bridge again.",
  });
