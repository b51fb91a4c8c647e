import { type Clock, type Device, WeighbridgeError } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Person } from "./person.ts";

export interface DevicesInput {
  readonly clock: Clock;
  readonly log: Log;
  /** A person's devices were read anew. */
  onRead(personId: number): void;
}

/** The devices of people of today's API, read once an hour: battery and last contact. */
export class Devices {
  readonly #input: DevicesInput;
  readonly #known = new Map<number, readonly Device[]>();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(input: DevicesInput) {
    this.#input = input;
  }

  /** Undefined where they are not known, as at the original API. */
  of(personId: number): readonly Device[] | undefined {
    return this.#known.get(personId);
  }

  start(people: readonly Person[]): void {
    const readable = people.filter(({ today }) => today !== undefined);
    if (readable.length > 0) this.#running = this.#readOn(readable);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #readOn(people: readonly Person[]): Promise<void> {
    const { clock } = this.#input;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const person of people) if (!signal.aborted) await this.#read(person);
      await clock.sleep(LIMITS.goalsEveryS * 1000, signal).catch(() => {});
    }
  }

  /** A failure is no news: the person's own calls report what is wrong. */
  async #read({ config, today, rows }: Person): Promise<void> {
    const { log, onRead } = this.#input;
    const { id } = rows.stored;
    try {
      const devices = await today?.devices({ signal: this.#stopping.signal, priority: "chore" });
      if (devices === undefined || this.#stopping.signal.aborted) return;
      this.#known.set(id, devices);
      onRead(id);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const reason = error instanceof WeighbridgeError ? error.message : String(error);
      log.debug("The devices were not read", { person: config.slug, reason });
    }
  }
}
