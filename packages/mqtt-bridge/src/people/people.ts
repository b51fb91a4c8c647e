import type { PeopleStore, StoredPerson } from "../store/store.ts";
import type { Person } from "./person.ts";

/** The people of the configuration, and ways to find them. */
export class People {
  readonly all: readonly Person[];
  /** By account and userid: two servers may give two people one userid. */
  readonly #byUserId: ReadonlyMap<string, Person>;
  readonly #bySlug: ReadonlyMap<string, Person>;
  readonly #byId: ReadonlyMap<number, Person>;

  constructor(all: readonly Person[]) {
    this.all = all;
    this.#byUserId = new Map(all.map((person) => [userKey(person.account.id, person.api.userId), person]));
    this.#bySlug = new Map(all.map((person) => [person.config.slug, person]));
    this.#byId = new Map(all.map((person) => [person.rows.stored.id, person]));
  }

  byUserId(accountId: string, userId: string): Person | undefined {
    return this.#byUserId.get(userKey(accountId, userId));
  }

  bySlug(slug: string): Person | undefined {
    return this.#bySlug.get(slug);
  }

  byId(personId: number): Person {
    const person = this.#byId.get(personId);
    if (person === undefined) throw new Error(`no person has the id ${personId}`);
    return person;
  }
}

const userKey = (accountId: string, userId: string) => `${accountId} ${userId}`;

export interface StoredPeopleInput {
  /** Stable and unique for each person, as `personKey` makes it. */
  readonly keys: readonly string[];
  readonly store: PeopleStore;
  /** Whether people who are configured no more are deleted. */
  readonly canRemove: boolean;
  /** When people who are new here are added, epoch seconds. */
  readonly now: number;
  onRemoved(person: StoredPerson): void;
}

/** The stored rows of the configured people, in their order: new people are added, those who are configured no more are deleted. */
export async function storedPeople({
  keys,
  canRemove,
  store,
  now,
  onRemoved,
}: StoredPeopleInput): Promise<StoredPerson[]> {
  const known = new Map((await store.people()).map((stored) => [stored.key, stored]));
  const gathered = await Promise.all(keys.map((key) => known.get(key) ?? store.addPerson(key, now)));
  if (!canRemove) return gathered;
  for (const key of keys) known.delete(key);
  await Promise.all([...known.values()].map(({ id }) => store.removePerson(id)));
  for (const person of known.values()) onRemoved(person);
  return gathered;
}
