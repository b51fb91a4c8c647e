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
