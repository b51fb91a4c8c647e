import { type Clock, isoTime, type PersonEvent } from "@weighbridge/core";
import type { Accounts } from "../accounts/accounts.ts";
import { personKey } from "../config/accounts.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { eventMessage } from "../messages/documents.ts";
import type { Topics } from "../messages/topics.ts";
import type { PeopleStore, StoredPerson } from "../store/store.ts";
import { People, storedPeople } from "./people.ts";
import { PersonRows } from "./person-rows.ts";

export interface OpenPeopleInput {
  readonly config: Config;
  readonly topics: Topics;
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: Accounts;
  /** Without a callback no notification comes, whatever was subscribed before. */
  readonly hasCallback: boolean;
  readonly reports: { began(personId: number, measures: number): void; committed(personId: number): void };
}

/** The people of the configuration with their APIs and rows. Deletes the rows of those who are configured no more. */
export async function openPeople(input: OpenPeopleInput): Promise<People> {
  const { config, topics, store, clock, accounts, hasCallback, reports } = input;
  const configured = config.people.map((person) => ({ person, ...accounts.of(person) }));
  const stored = await storedPeople({
    keys: configured.map(({ account, api }) => personKey(account, api.userId)),
    store,
    now: Math.floor(clock.now() / 1000),
    onRemoved: (person) => logRemoved(person, input),
  });
  const all = configured.map(({ person, account, api }, index) => {
    const row = stored[index] as StoredPerson;
    reports.began(row.id, row.seen.length);
    const rows = new PersonRows({
      stored: hasCallback ? row : { ...row, subscription: null },
      store,
      toMessage: (event: PersonEvent) => eventMessage(topics, person, event),
      onCommitted: () => reports.committed(row.id),
    });
    return { config: person, account, api, rows };
  });
  return new People(all);
}

/** The key of the removed person went with the configuration, so that the subscription cannot be ended before its time. */
function logRemoved({ key, subscription }: StoredPerson, { clock, log }: OpenPeopleInput): void {
  const until = subscription?.expiresAt;
  if (until === undefined || until * 1000 <= clock.now()) log.info("A person was removed", { account: key });
  else
    log.info("A person was removed; the API goes on calling for them until their subscription ends by itself", {
      account: key,
      ends: isoTime(until),
    });
}
