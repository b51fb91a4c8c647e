import { readFileSync } from "node:fs";
import { systemClock, undecidedIn } from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { HomeAssistant } from "../history/home-assistant.ts";
import { beforeNow, Hours } from "../history/hours.ts";
import { importHistory, type PersonHistory } from "../history/import.ts";
import { personSensorIds } from "../home-assistant/person-device.ts";
import { publishedKeys } from "../messages/published-keys.ts";
import type { StoreReader } from "../store/store.ts";
import { allGroups, type ReadPerson, withPast } from "./past.ts";
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
  const people = await histories(config, options.person);
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

async function histories(config: Config, slug: string | undefined): Promise<PersonHistory[]> {
  return withPast(config, slug, async ({ people, store }) => {
    const found: PersonHistory[] = [];
    // Somebody who has not consented yet is not among them.
    for (const { config: person, rows } of people) {
      const hours = await hoursOf(store, rows);
      const isPublished = publishedKeys(person);
      const uniqueIds = personSensorIds(config.mqtt.base_topic, rows.stored.key, hours.keys().filter(isPublished));
      found.push({ slug: person.slug, hours, uniqueIds });
    }
    return found;
  });
}

/** Whoever may be somebody else counts once a verdict says so. */
async function hoursOf(store: StoreReader, { stored, groups }: ReadPerson["rows"]): Promise<Hours> {
  const hours = new Hours(beforeNow(Math.floor(systemClock.now() / 1000)));
  for await (const part of allGroups(store, stored.id)) {
    const verdicts = await groups.verdicts(undecidedIn(part));
    for (const group of part) {
      const isTheirs =
        group.attribution.name !== "ambiguous" || ["claimed", "counted"].includes(verdicts.get(group.id) ?? "");
      if (isTheirs) hours.add(group);
    }
  }
  return hours;
}

const misused = (words: string, remedy: string) => new ConfigError(words, { code: "config_invalid", remedy });
