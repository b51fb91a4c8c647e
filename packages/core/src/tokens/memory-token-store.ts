import type { Grant, TokenStore } from "../ports/token-store.ts";
import { outdated } from "./faults.ts";
import { NamedTurns } from "./turns.ts";

/** A store that forgets everything with the process: for tests, and for a program that asks for consent each time. */
export function memoryTokenStore(): TokenStore {
  const grants = new Map<string, Grant>();
  const turns = new NamedTurns();
  return {
    read: async (name) => grants.get(name),
    write: async (name, grant) => {
      if (grant.revision <= (grants.get(name)?.revision ?? -1)) throw outdated(name);
      grants.set(name, grant);
    },
    remove: async (name) => void grants.delete(name),
    names: async () => [...grants.keys()].toSorted((a, b) => (a < b ? -1 : 1)),
    exclusively: (name, work) => turns.run(name, work),
  };
}
