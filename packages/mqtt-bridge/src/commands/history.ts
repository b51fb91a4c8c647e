import { readFileSync } from "node:fs";
import { systemClock } from "@weighbridge/core";
import { accountOf, accountsOf, personKey } from "../config/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { openGrants } from "../grants/grants.ts";
import { HomeAssistant } from "../history/home-assistant.ts";
import { beforeNow, Hours } from "../history/hours.ts";
import { importHistory, type PersonHistory } from "../history/import.ts";
import { personSensorIds } from "../home-assistant/person-device.ts";
import { publishedKeys } from "../messages/published-keys.ts";
import { type HistoryReader, openHistory } from "../store/sqlite/history-reader.ts";
import type { Terminal } from "./terminal.ts";

export interface HistoryOptions {
  /** Home Assistant's address. */
  readonly homeAssistant: string | undefined;
  /** File with a long-lived access token. */
  readonly tokenFile: string | undefined;
  /** One person alone, by slug. */
  readonly person: string | undefined;
  readonly isJson: boolean;
}

/** Puts the stored history into Home Assistant's long-term statistics. Returns the exit code. */
export async function history(config: Config, options: HistoryOptions, { print }: Terminal): Promise<number> {
  const { url, token } = target(options);
  const say = options.isJson ? () => {} : print;
  const people = await histories(config, chosenPeople(config, options.person));
  if (people.length === 0)
    throw misused(
      "nobody has a history here yet",
      "Run the bridge with this configuration first: it collects the history.",
    );
  const home = await HomeAssistant.open({ url, token, clock: systemClock });
  try {
    const { imported, leftOut } = await importHistory({
      ...{ home, people, clock: systemClock },
      onProgress: (entity, done, all) => say(`${entity}: ${done} of ${all} hours\n`),
    });
    if (options.isJson) print(`${JSON.stringify({ imported, left_out: leftOut })}\n`);
    for (const { entity, reason } of leftOut) say(`${entity} is left out: ${reason}\n`);
    const hours = imported.reduce((sum, one) => sum + one.hours, 0);
    say(`Done: ${hours} hours of ${imported.length} sensors. A second run changes nothing.\n`);
    return 0;
  } finally {
    home.close();
  }
}

function target({ homeAssistant, tokenFile }: HistoryOptions) {
  if (
    homeAssistant === undefined ||
    tokenFile === undefined ||
    !/^https?:/.test(URL.parse(homeAssistant)?.protocol ?? "")
  )
    throw misused(
      "history needs to know where to put it",
      "Say --home-assistant http://homeassistant.local:8123 --token-file <file>; the file holds a long-lived access token.",
    );
  let token: string;
  try {
    token = readFileSync(tokenFile, "utf8").trim();
  } catch {
    throw misused(`${tokenFile} cannot be read`, "Put a long-lived access token of Home Assistant into it.");
  }
  if (token === "") throw misused(`${tokenFile} is empty`, "Put a long-lived access token of Home Assistant into it.");
  return { url: homeAssistant, token };
}

function chosenPeople({ people }: Config, slug: string | undefined): readonly PersonConfig[] {
  const found = slug === undefined ? people : people.filter((person) => person.slug === slug);
  if (found.length > 0) return found;
  throw misused(`there is no person ${slug}`, `Say whom with --person: ${people.map((one) => one.slug).join(", ")}.`);
}

async function histories(config: Config, people: readonly PersonConfig[]): Promise<PersonHistory[]> {
  const reader = openHistory(config.state_dir);
  try {
    const found: PersonHistory[] = [];
    for (const person of people) {
      const key = await keyOf(config, person);
      const id = key === undefined ? undefined : reader.idOf(key);
      // Somebody who has not consented yet has no history.
      if (key === undefined || id === undefined) continue;
      const hours = hoursOf(reader, id);
      const isPublished = publishedKeys(person);
      const uniqueIds = personSensorIds(config.mqtt.base_topic, key, hours.keys().filter(isPublished));
      found.push({ slug: person.slug, hours, uniqueIds });
    }
    return found;
  } finally {
    reader.close();
  }
}

async function keyOf(config: Config, person: PersonConfig): Promise<string | undefined> {
  const account = accountOf(accountsOf(config), person);
  if (account === undefined) return undefined;
  const granted =
    account.generation === "public"
      ? (await openGrants(config.state_dir, systemClock).read(person.slug))?.userId
      : undefined;
  const userId = granted ?? person.userid;
  return userId === undefined ? undefined : personKey(account, String(userId));
}

/** Whoever may be somebody else counts once a verdict says so. */
function hoursOf(reader: HistoryReader, personId: number): Hours {
  const hours = new Hours(beforeNow(Math.floor(systemClock.now() / 1000)));
  for (const group of reader.groups(personId)) {
    const isTheirs =
      group.attribution.name !== "ambiguous" ||
      ["claimed", "counted"].includes(reader.verdict(personId, group.id) ?? "");
    if (isTheirs) hours.add(group);
  }
  return hours;
}

const misused = (words: string, remedy: string) => new ConfigError(words, { code: "config_invalid", remedy });
