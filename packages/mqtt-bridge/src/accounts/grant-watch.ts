import { statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";

export interface GrantWatchInput {
  readonly directory: string;
  readonly clock: Clock;
  /** People whose consent is missing or has ended, by slug, as it stands now. */
  missing(): readonly string[];
  /** Another program stored a consent of this person. */
  onChanged(slug: string): void;
}

/** Looks for consents that another program stores, such as `weighbridge authorize`, for as long as somebody's is missing. */
export class GrantWatch {
  readonly #input: GrantWatchInput;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The version of each person's file at the moment when their consent was first missing. */
  readonly #seen = new Map<string, string>();

  constructor(input: GrantWatchInput) {
    this.#input = input;
  }

  start(): void {
    for (const slug of this.#input.missing()) this.#seen.set(slug, this.#versionOf(slug));
    this.#running = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #watch(): Promise<void> {
    const { clock } = this.#input;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(LIMITS.grantsLookedAtMs, this.#stopping.signal).catch(() => {});
      if (!this.#stopping.signal.aborted) this.#look();
    }
  }

  #look(): void {
    const { missing, onChanged } = this.#input;
    const slugs = new Set(missing());
    for (const slug of this.#seen.keys()) if (!slugs.has(slug)) this.#seen.delete(slug);
    for (const slug of slugs) {
      const version = this.#versionOf(slug);
      const before = this.#seen.get(slug);
      this.#seen.set(slug, version);
      // A consent that is missing only since the last look has no known version: the file may be the new consent already.
      if (before !== version) onChanged(slug);
    }
  }

  #versionOf(slug: string): string {
    const stat = statSync(join(this.#input.directory, `${slug}.json`), { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? "" : `${stat.ino} ${stat.mtimeNs}`;
  }
}
