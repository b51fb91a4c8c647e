import { type Clock, isoTime, type PersonEvent, type Problem, problemOf } from "@weighbridge/core";
import type { Accounts, OpenedApi } from "../accounts/accounts.ts";
import { personKey } from "../config/accounts.ts";
import type { Config, PersonConfig } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { eventMessage } from "../messages/documents.ts";
import { isEventPublished } from "../messages/published-keys.ts";
import type { Topics } from "../messages/topics.ts";
import type { PeopleStore, StoredPerson } from "../store/store.ts";
import { People, storedPeople } from "./people.ts";
import type { Person } from "./person.ts";
import { PersonRows } from "./person-rows.ts";
import type { Reports } from "./reports.ts";

export interface OpenPeopleInput {
  readonly config: Config;
  readonly topics: Topics;
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: Accounts;
  /** Without a callback no notification comes, whatever was subscribed before. */
  readonly hasCallback: boolean;
  readonly reports: Pick<Required<Reports>, "began" | "committed">;
}

/** A person of the configuration who cannot be followed yet. */
export interface WaitingPerson {
  readonly config: PersonConfig;
  readonly problem: Problem;
}

export interface OpenedPeople {
  readonly people: People;
  readonly waiting: readonly WaitingPerson[];
}

type Opened = OpenedApi & { readonly config: PersonConfig };

/** The people of the configuration with their APIs and rows. Deletes the rows of those who are configured no more. */
export async function openPeople(input: OpenPeopleInput): Promise<OpenedPeople> {
  const { config, store, clock, accounts } = input;
  const opened: Opened[] = [];
  const waiting: WaitingPerson[] = [];
  for (const person of config.people) {
    const result = await accounts.of(person);
    if ("api" in result) opened.push({ ...result, config: person });
    else waiting.push({ config: person, problem: result.problem });
  }
  const stored = await storedPeople({
    keys: opened.map(({ account, api }) => personKey(account, api.userId)),
    // The rows of a person who waits for a consent cannot be told from those of a removed one: none are deleted meanwhile.
    canRemove: waiting.length === 0,
    store,
    now: Math.floor(clock.now() / 1000),
    onRemoved: (person) => logRemoved(person, input),
  });
  return {
    people: new People(opened.map((one, index) => personOf(one, stored[index] as StoredPerson, input))),
    waiting,
  };
}

function personOf(
  { config, account, api, today }: Opened,
  row: StoredPerson,
  { topics, store, hasCallback, reports }: OpenPeopleInput,
): Person {
  reports.began(row.id, row.seen.length);
  const rows = new PersonRows({
    stored: hasCallback ? row : { ...row, subscription: null },
    store,
    toMessage: (event: PersonEvent) =>
      isEventPublished(event, config) ? eventMessage(topics, config, event) : undefined,
    onCommitted: (change) => reports.committed(row.id, change),
  });
  return { config, account, api, rows, ...(today && { today }) };
}

const TODAY = "public:";

/** At today's API the subscription is ended; at the original one its key went with the configuration, so that it ends by itself. */
function logRemoved({ key, subscription }: StoredPerson, { clock, log, accounts }: OpenPeopleInput): void {
  if (key.startsWith(TODAY)) {
    log.info("A person was removed; the consent stays", { account: key });
    if (subscription === null) return;
    // An earlier address may have one, too, where it could not be ended yet.
    const { callbackUrl, previousUrl } = subscription;
    const urls = previousUrl === undefined ? [callbackUrl] : [callbackUrl, previousUrl];
    accounts.endSubscriptions(key.slice(TODAY.length), urls).then(
      (isEnded) => isEnded && log.info("The subscription of a removed person was ended", { account: key }),
      (error: unknown) =>
        log.warn("The subscription of a removed person could not be ended", { account: key, ...problemOf(error) }),
    );
    return;
  }
  const until = subscription?.expiresAt;
  if (until === undefined || until * 1000 <= clock.now()) log.info("A person was removed", { account: key });
  else
    log.info("A person was removed; the API goes on calling for them until their subscription ends by itself", {
      account: key,
      ends: isoTime(until),
    });
}
