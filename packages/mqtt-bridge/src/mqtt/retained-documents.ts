import type { Clock } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Message, RetainedTopics } from "../store/store.ts";
import type { ControlConnection } from "./control-connection.ts";
import type { Publisher } from "./publisher.ts";

export interface AnnouncerInput {
  readonly store: RetainedTopics;
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly control: () => ControlConnection | undefined;
  /** Everything retained, in the order in which it must be published. */
  everything(): Message[];
  /** What Home Assistant must know of the devices. */
  discovery(): Message[];
  /** Topics of the same devices in the other form of discovery. */
  otherDiscovery(): string[];
  onProblem(error: unknown): void;
}

/** Keeps what the broker retains of us equal to what we know: publishes what changed, and clears what is no longer ours. */
export class Announcer {
  readonly #input: AnnouncerInput;
  readonly #stopping = new AbortController();
  /** By topic, as the broker has it. */
  readonly #published = new Map<string, string>();
  /** Topics that the store knows the broker may hold. */
  #remembered = new Set<string>();
  #isDiscoveryDue = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(input: AnnouncerInput) {
    this.#input = input;
  }

  async start(): Promise<void> {
    this.#remembered = new Set(await this.#input.store.retainedTopics());
  }

  /** What changed of these documents is published, ahead of the events that follow. */
  publish(documents: readonly Message[]): void {
    const { publisher } = this.#input;
    if (!publisher.isConnected) return;
    const changed = documents.filter(({ topic, payload }) => this.#published.get(topic) !== payload);
    if (changed.length === 0) return;
    for (const { topic, payload } of changed) this.#published.set(topic, payload);
    this.#remember(changed);
    publisher.publishDocuments(changed);
  }

  /** All of it again: the broker may have lost everything. */
  publishEverything(): void {
    this.#published.clear();
    const all = this.#input.everything();
    const { former } = this.#leftovers(all);
    const waits = new Set(former.length === 0 ? [] : this.#input.discovery().map(({ topic }) => topic));
    this.publish(all.filter(({ topic }) => !waits.has(topic)));
    this.tidy();
  }

  /** Clears what is no longer ours, as soon as both connections are there: call it after each of them. */
  tidy(): void {
    this.#tidying = this.#tidying.then(() => this.#tidy()).catch(this.#input.onProblem);
  }

  /** Soon, and not twice in a row: Home Assistant trips over two messages for one device in a moment. */
  publishDiscoverySoon(): void {
    if (this.#isDiscoveryDue) return;
    this.#isDiscoveryDue = true;
    this.#input.clock.sleep(LIMITS.birthDelayMs, this.#stopping.signal).then(
      () => {
        this.#isDiscoveryDue = false;
        if (this.#leftovers(this.#input.everything()).former.length === 0) this.publish(this.#input.discovery());
      },
      () => {},
    );
  }

  /** Home Assistant has started: it hears everything once more. */
  publishEverythingSoon(): void {
    this.#input.clock.sleep(LIMITS.birthDelayMs * (0.5 + Math.random()), this.#stopping.signal).then(
      () => this.publishEverything(),
      () => {},
    );
  }

  stop(): void {
    this.#stopping.abort();
  }

  #remember(documents: readonly Message[]): void {
    const fresh = documents.map(({ topic }) => topic).filter((topic) => !this.#remembered.has(topic));
    if (fresh.length === 0) return;
    for (const topic of fresh) this.#remembered.add(topic);
    this.#input.store.addRetainedTopics(fresh).catch(this.#input.onProblem);
  }

  /** What the broker may hold of us that is not ours now: of a removed or renamed person, of another base topic; `former` is the other form of discovery. */
  #leftovers(current: readonly Message[]): { readonly stale: readonly string[]; readonly former: readonly string[] } {
    const topics = new Set(current.map(({ topic }) => topic));
    const stale = [...this.#remembered].filter((topic) => !topics.has(topic));
    const other = new Set(stale.length === 0 ? [] : this.#input.otherDiscovery());
    return { stale, former: stale.filter((topic) => other.has(topic)) };
  }

  async #tidy(): Promise<void> {
    const { control, store, publisher } = this.#input;
    const connection = control();
    if (!connection?.isConnected || !publisher.isConnected) return;
    const { stale, former } = this.#leftovers(this.#input.everything());
    if (stale.length === 0) return;
    // Home Assistant lets go of what it had from there and keeps its settings; without this it would log conflicts.
    await Promise.all(former.map((topic) => connection.publish(topic, MIGRATE)));
    await Promise.all(stale.map((topic) => connection.publish(topic, "", { retain: true })));
    for (const topic of stale) this.#remembered.delete(topic);
    if (former.length > 0) this.publish(this.#input.discovery());
    await store.removeRetainedTopics(stale);
  }
}

const MIGRATE = JSON.stringify({ migrate_discovery: true });
