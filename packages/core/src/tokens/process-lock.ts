import { NamedTurns } from "./turns.ts";

/** Keeps others out while work is done for a name. The lock ends with the process that holds it. */
export type TokenLock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const HELD = Symbol.for("weighbridge.token-locks");

/**
 * A lock for everything in this process that uses the same place, also from another loaded copy of this package. Enough where one process has
 * the files for itself, as Node-RED has its user directory.
 */
export function processLock(place: string): TokenLock {
  const shared = globalThis as { [HELD]?: NamedTurns };
  shared[HELD] ??= new NamedTurns();
  const turns = shared[HELD];
  return (name, work) => turns.run(`${place}\n${name}`, work);
}
