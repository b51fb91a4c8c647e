import type { PersonCommit, PersonRecord } from "../ports/person-store.ts";

/** The record as it stands once a commit is stored. */
export function recordAfter<R extends PersonRecord>(record: R, { change, memory, subscription }: PersonCommit): R {
  return {
    ...record,
    ...(change && { state: change.state }),
    ...(change?.cursor !== undefined && { cursor: change.cursor }),
    ...(memory && { memory }),
    ...(subscription && { subscription }),
  };
}

/** The commit with the memory of its change in it: a store keeps memory as a whole. */
export function wholeCommit({ memory }: Pick<PersonRecord, "memory">, commit: PersonCommit): PersonCommit {
  const { memory: found } = commit.change ?? {};
  return found === undefined ? commit : { ...commit, memory: { ...memory, ...commit.memory, ...found } };
}
