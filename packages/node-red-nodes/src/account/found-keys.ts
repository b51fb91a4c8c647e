import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from "./private-file.ts";

const PREFIX = "found:";

/**
 * Keys that were found for somebody in the editor. The editor gets a ticket in place of each, which it saves as if it were the key:
 * keys never leave the runtime.
 */
export class FoundKeys {
  readonly #path: () => string;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, { readonly key: string; readonly until: number }>();

  /** Deployed tickets are kept in the file: the credentials get the key in their place, but only the next deploy saves those. */
  constructor(path: () => string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  static isTicket(publicKey: string): boolean {
    return publicKey.startsWith(PREFIX);
  }

  offer(key: string): string {
    const now = this.#clock.now();
    for (const [ticket, { until }] of this.#waiting)
      if (until <= now || this.#waiting.size >= LIMITS.foundKeys) this.#waiting.delete(ticket);
    const ticket = `${PREFIX}${randomBytes(16).toString("base64url")}`;
    this.#waiting.set(ticket, { key, until: now + LIMITS.foundKeysLastMs });
    return ticket;
  }

  /** Undefined where the ticket has expired and was never deployed. */
  keyOf(ticket: string): string | undefined {
    const waiting = this.#waiting.get(ticket);
    if (waiting !== undefined && waiting.until > this.#clock.now()) return waiting.key;
    return this.#kept()[ticket];
  }

  /** The key of a ticket that is being deployed, from now on across restarts. */
  redeem(ticket: string): string | undefined {
    const key = this.keyOf(ticket);
    const kept = this.#kept();
    if (key === undefined || kept[ticket] === key) return key;
    const entries = [...Object.entries(kept), [ticket, key] as const].slice(-LIMITS.foundKeys);
    this.#write(JSON.stringify(Object.fromEntries(entries)));
    return key;
  }

  #kept(): Record<string, string> {
    try {
      return JSON.parse(readFileSync(this.#path(), "utf8")) as Record<string, string>;
    } catch {
      return {};
    }
  }

  /** Not asynchronous: a node's constructor needs it done. */
  #write(content: string): void {
    const path = this.#path();
    mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_DIRECTORY });
    writeFileSync(`${path}.tmp`, content, { mode: PRIVATE_FILE, flush: true });
    renameSync(`${path}.tmp`, path);
  }
}
