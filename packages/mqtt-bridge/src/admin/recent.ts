import { type Clock, isoTime } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { RecentEntry } from "./contract.ts";

export type FreshEntry = Omit<RecentEntry, "id" | "at">;

/** The newest events, callbacks, problems and log entries; older ones are forgotten. */
export class Recent {
  readonly #clock: Clock;
  readonly #entries: RecentEntry[] = [];
  readonly #listeners = new Set<(entry: RecentEntry) => void>();
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The oldest first. */
  get all(): readonly RecentEntry[] {
    return this.#entries;
  }

  /** Those that followed an entry; all where a later start, or too long an absence, forgot it. */
  after(id: number): readonly RecentEntry[] {
    return id > this.#lastId ? this.#entries : this.#entries.filter((entry) => entry.id > id);
  }

  add(fresh: FreshEntry): void {
    const entry: RecentEntry = { id: ++this.#lastId, at: isoTime(this.#clock.now() / 1000), ...fresh };
    this.#entries.push(entry);
    if (this.#entries.length > LIMITS.recentEntries) this.#entries.shift();
    for (const listener of this.#listeners) listener(entry);
  }

  /** Returns what ends it. */
  listen(listener: (entry: RecentEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
