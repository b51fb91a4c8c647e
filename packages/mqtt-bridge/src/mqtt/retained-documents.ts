import { hash } from "node:crypto";
import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Message, RetainedTopics } from "../store/store.ts";
import type { ControlConnection } from "./control-connection.ts";
import type { Publisher } from "./publisher.ts";

/** The messages that the broker is to retain. */
interface Documents {
  /** Everything, in the order in which it must be published. */
  everything(): Message[];
  /** Discovery of all devices. */
  discovery(): Message[];
  /** Discovery of one person's device. */
  discoveryOf(personId: number): Message[];
  /** Whether this bridge's discovery has or had the topic, in either form, also of people who are gone. */
  isDiscovery(topic: string): boolean;
  /** Topics of the same devices in the other form of discovery. */
  otherDiscovery(): string[];
  /** Topics that only this bridge publishes to, whatever an earlier state directory knew. */
  own: { readonly filters: readonly string[]; has(topic: string): boolean };
}

export interface RetainedDocumentsInput {
  readonly store: RetainedTopics;
  readonly clock: Clock;
  readonly publisher: Pick<Publisher, "isConnected" | "publishDocuments">;
  readonly control: () => ControlConnection | undefined;
  readonly documents: Documents;
  onProblem(error: unknown): void;
}

/** Keeps what the broker retains equal to what is known: publishes what changed, and clears what is no longer this bridge's. */
export class RetainedDocuments {
  readonly #input: RetainedDocumentsInput;
  readonly #stopping = new AbortController();
  /** Topics that the store knows the broker may hold, with a hash of the payload published last: the texts would be most of a person's memory. */
  readonly #known = new Map<string, number | null>();
  /** Topics of an earlier start that are no longer published; `former` is the other form of discovery. */
  #leftovers: { readonly stale: readonly string[]; readonly former: readonly string[] } = { stale: [], former: [] };
  #mayReadLeftovers = false;
  /** While leftovers of discovery are there: Home Assistant must let go of those first, or it gives the new entities other ids. */
  #isDiscoveryHeld = false;
  /** People whose discovery is due; undefined while none is. */
  #dueDiscovery: Set<number> | undefined;
  #isEverythingDue = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(input: RetainedDocumentsInput) {
    this.#input = input;
  }

  async start(): Promise<void> {
    const remembered = await this.#input.store.retainedTopics();
    // A lost state directory, or a first start: only the broker knows what is left of an earlier one.
    this.#mayReadLeftovers = remembered.length === 0;
    for (const topic of remembered) this.#known.set(topic, null);
    this.#findLeftovers();
  }

  /** Publishes those that changed, ahead of the events that follow. */
  publish(documents: readonly Message[]): void {
    const { publisher } = this.#input;
    if (!publisher.isConnected) return;
    const hashed = documents.map((document) => ({ document, hash: hashOf(document.payload) }));
    const changed = hashed.filter((one) => this.#known.get(one.document.topic) !== one.hash);
    if (changed.length === 0) return;
    const fresh = changed.map(({ document }) => document.topic).filter((topic) => !this.#known.has(topic));
    for (const one of changed) this.#known.set(one.document.topic, one.hash);
    if (fresh.length > 0) this.#input.store.addRetainedTopics(fresh).catch(this.#input.onProblem);
    publisher.publishDocuments(changed.map(({ document }) => document));
  }

  /** Publishes all of it again: the broker may have lost everything. */
  publishEverything(): void {
    for (const topic of this.#known.keys()) this.#known.set(topic, null);
    const all = this.#input.documents.everything();
    const waits = new Set(this.#isDiscoveryHeld ? this.#input.documents.discovery().map(({ topic }) => topic) : []);
    this.publish(waits.size === 0 ? all : all.filter(({ topic }) => !waits.has(topic)));
    this.tidy();
  }

  /** Clears leftovers as soon as both connections are there: call it after each of them. */
  tidy(): void {
    this.#tidying = this.#tidying.then(() => this.#tidy()).catch(this.#input.onProblem);
  }

  /** Publishes a person's discovery after a pause: Home Assistant trips over two messages for one device in a moment. */
  publishDiscoverySoon(personId: number): void {
    if (this.#dueDiscovery !== undefined) {
      this.#dueDiscovery.add(personId);
      return;
    }
    const due = new Set([personId]);
    this.#dueDiscovery = due;
    this.#after(LIMITS.birthDelayMs, () => {
      this.#dueDiscovery = undefined;
      // Tidying publishes all of it.
      if (this.#isDiscoveryHeld) return;
      for (const id of due) this.publish(this.#input.documents.discoveryOf(id));
    });
  }

  /** Publishes everything after a pause, once for any number of calls: Home Assistant has started. */
  publishEverythingSoon(): void {
    if (this.#isEverythingDue) return;
    this.#isEverythingDue = true;
    this.#after(LIMITS.birthDelayMs * (0.5 + Math.random()), () => {
      this.#isEverythingDue = false;
      this.publishEverything();
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  #after(ms: number, work: () => void): void {
    this.#input.clock.sleep(ms, this.#stopping.signal).then(work, () => {});
  }

  /** Of a removed or renamed person, of another base topic, of the other form of discovery. */
  #findLeftovers(): void {
    const { documents } = this.#input;
    const current = new Set(documents.everything().map(({ topic }) => topic));
    const stale = [...this.#known.keys()].filter((topic) => !current.has(topic));
    const other = new Set(stale.length === 0 ? [] : documents.otherDiscovery());
    this.#leftovers = { stale, former: stale.filter((topic) => other.has(topic)) };
    this.#isDiscoveryHeld = stale.some((topic) => documents.isDiscovery(topic));
  }

  #releaseDiscovery(): void {
    this.#isDiscoveryHeld = false;
    this.publish(this.#input.documents.discovery());
  }

  async #tidy(): Promise<void> {
    const { control, store, publisher, documents } = this.#input;
    const connection = control();
    if (!connection?.isConnected || !publisher.isConnected) return;
    if (this.#mayReadLeftovers) await this.#readLeftovers(connection);
    const { stale, former } = this.#leftovers;
    if (stale.length === 0) return;
    // Home Assistant lets go of what it had from there and keeps its settings; without this it would log conflicts.
    await Promise.all(former.map((topic) => connection.publish(topic, MIGRATE)));
    await Promise.all(stale.map((topic) => connection.publish(topic, "", { retain: true })));
    for (const topic of stale) this.#known.delete(topic);
    this.#leftovers = { stale: [], former: [] };
    // The entities of a device that is gone keep their ids for a moment; those in the former form stay the same entities.
    const isDeviceGone = stale.some((topic) => documents.isDiscovery(topic) && !former.includes(topic));
    if (isDeviceGone) this.#after(LIMITS.birthDelayMs, () => this.#releaseDiscovery());
    else if (this.#isDiscoveryHeld) this.#releaseDiscovery();
    await store.removeRetainedTopics(stale);
  }

  async #readLeftovers(connection: ControlConnection): Promise<void> {
    const { own } = this.#input.documents;
    const topics = await connection.retainedTopics(own.filters);
    this.#mayReadLeftovers = false;
    for (const topic of topics) if (own.has(topic) && !this.#known.has(topic)) this.#known.set(topic, null);
    this.#findLeftovers();
  }
}

/** 48 bits: a change that goes unseen is a matter of chance, and is mended at the next connection. */
const hashOf = (payload: string): number => Number.parseInt(hash("sha1", payload, "hex").slice(0, 12), 16);

const MIGRATE = JSON.stringify({ migrate_discovery: true });
