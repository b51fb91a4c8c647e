import { isAccountWorking, type PersonApi, type Problem } from "@weighbridge/core";
import type { Config, PersonConfig } from "../config/schema.ts";
import {
  type DiscoveredPerson,
  type DiscoverySettings,
  discoveryMessages,
  ownDiscovery,
  personDiscovery,
} from "../home-assistant/discovery.ts";
import { documentsOf, messageOn } from "../messages/documents.ts";
import { type Topics, topicsBelow } from "../messages/topics.ts";
import type { ReceiverCounts } from "../receiver/receiver.ts";
import { type BridgeStatus, infoDocument, type PersonStatus, statusDocument } from "../status.ts";
import type { Message, PeopleStore, StoredPerson, Waiting } from "../store/store.ts";
import type { Syncer } from "./syncer.ts";

/** A person of the configuration, with the API behind them. */
export interface Resident {
  readonly config: PersonConfig;
  readonly api: PersonApi;
  readonly syncer: Syncer;
}

export interface HouseholdInput {
  readonly config: Config;
  readonly version: string;
  readonly residents: readonly Resident[];
  problemOf(personId: number): Problem | null;
  nextPollAt(personId: number): number | null;
}

/** The people of the configuration, with their documents. */
export class Household {
  readonly residents: readonly Resident[];
  readonly topics: Topics;
  /** When the last notification came, epoch milliseconds. */
  lastNotificationAt: number | null = null;
  /** Rows that wait on disk, as counted last. */
  waiting: Waiting = { hints: 0, oldestHintAt: null, owed: 0, parked: 0 };
  /** Fields of API answers that could not be read since the start. */
  unreadableFields = 0;
  /** Undefined where the bridge only polls. */
  callbacks: ReceiverCounts | undefined;
  readonly #input: HouseholdInput;
  /** As the status documents have it, by person. */
  readonly #nextPolls = new Map<number, number | null>();
  readonly #byUserId: ReadonlyMap<string, Resident>;
  readonly #bySlug: ReadonlyMap<string, Resident>;
  readonly #byId: ReadonlyMap<number, Resident>;

  constructor(input: HouseholdInput) {
    this.#input = input;
    this.residents = input.residents;
    this.topics = topicsBelow(input.config.mqtt.base_topic);
    this.#byUserId = new Map(input.residents.map((resident) => [resident.api.userId, resident]));
    this.#bySlug = new Map(input.residents.map((resident) => [resident.config.slug, resident]));
    this.#byId = new Map(input.residents.map((resident) => [resident.syncer.stored.id, resident]));
  }

  byUserId(userId: string): Resident | undefined {
    return this.#byUserId.get(userId);
  }

  bySlug(slug: string): Resident | undefined {
    return this.#bySlug.get(slug);
  }

  byId(personId: number): Resident {
    const resident = this.#byId.get(personId);
    if (resident === undefined) throw new Error(`nobody here has the id ${personId}`);
    return resident;
  }

  documentsOf(resident: Resident): Message[] {
    const { config, syncer } = resident;
    const { state, seen, subscription } = syncer.stored;
    const { problem } = this.statusOf(resident);
    const isAvailable = isAccountWorking(problem);
    return [
      ...documentsOf(this.topics, { settings: config, state, seen, subscription, isAvailable }),
      this.#statusMessage(resident),
    ];
  }

  statusOf({ config: { slug }, syncer: { stored } }: Resident): PersonStatus {
    return {
      slug,
      problem: this.#input.problemOf(stored.id),
      subscription: stored.subscription,
      lastPollAt: stored.cursor,
      nextPollAt: this.#input.nextPollAt(stored.id),
      lastWeighInAt: stored.state.lastWeighIn?.measuredAt ?? null,
    };
  }

  /** The status of everybody whose next poll moved since this was asked last. */
  movedStatuses(): Message[] {
    const moved = this.residents.filter(({ syncer: { stored } }) => {
      const nextPollAt = this.#input.nextPollAt(stored.id);
      if (this.#nextPolls.get(stored.id) === nextPollAt) return false;
      this.#nextPolls.set(stored.id, nextPollAt);
      return true;
    });
    return moved.map((resident) => this.#statusMessage(resident));
  }

  #statusMessage(resident: Resident): Message {
    return messageOn(this.topics.person(resident.config.slug).status, statusDocument(this.statusOf(resident)));
  }

  discovery(): Message[] {
    return this.#discoveryIn(this.#input.config.home_assistant.discovery);
  }

  discoveryOf(personId: number): Message[] {
    const { enabled, discovery } = this.#input.config.home_assistant;
    return enabled ? personDiscovery(this.#discoverySettings(discovery), discovered(this.byId(personId))) : [];
  }

  /** Topics of the form that is not chosen. */
  otherDiscovery(): string[] {
    const { discovery } = this.#input.config.home_assistant;
    return this.#discoveryIn(discovery === "device" ? "components" : "device").map(({ topic }) => topic);
  }

  /** Topics that only this bridge publishes to. */
  get own(): { readonly filters: readonly string[]; has(topic: string): boolean } {
    const discovery = ownDiscovery(this.#discoverySettings("device"));
    const below = `${this.#input.config.mqtt.base_topic}/people/`;
    return {
      filters: [`${below}#`, ...discovery.filters],
      has: (topic) => topic.startsWith(below) || discovery.has(topic),
    };
  }

  #discoverySettings(style: DiscoverySettings["style"]): DiscoverySettings {
    const { config, version } = this.#input;
    const { base_topic: baseTopic } = config.mqtt;
    return { prefix: config.home_assistant.discovery_prefix, style, topics: this.topics, baseTopic, version };
  }

  #discoveryIn(style: DiscoverySettings["style"]): Message[] {
    if (!this.#input.config.home_assistant.enabled) return [];
    return discoveryMessages(this.#discoverySettings(style), this.residents.map(discovered));
  }

  status(): BridgeStatus {
    const { config, version } = this.#input;
    const { lastNotificationAt: notifiedAt } = this;
    return {
      version,
      generation: config.api.generation,
      people: this.residents.length,
      lastNotificationAt: notifiedAt === null ? null : notifiedAt / 1000,
      waiting: this.waiting,
      unreadableFields: this.unreadableFields,
      callbacks: this.callbacks ?? null,
    };
  }

  info(): Message {
    return messageOn(this.topics.bridgeInfo, infoDocument(this.status()));
  }

  /** Everything retained; that the bridge is there comes last. */
  everything(): Message[] {
    return [
      ...this.discovery(),
      ...this.residents.flatMap((resident) => this.documentsOf(resident)),
      this.info(),
      messageOn(this.topics.bridgeState, "online"),
    ];
  }
}

const discovered = ({ config, api, syncer }: Resident): DiscoveredPerson => ({
  slug: config.slug,
  name: config.name,
  weightUnit: config.weight_unit,
  account: accountOf(api),
  seen: syncer.stored.seen,
});

const accountOf = ({ generation, userId }: PersonApi): string => `${generation}:${userId}`;

/** Rows of the configured people: new ones are added, removed ones are deleted and passed to `onRemoved`. */
export async function gatherStored(
  people: readonly { readonly config: PersonConfig; readonly api: PersonApi }[],
  store: PeopleStore,
  nowS: number,
  onRemoved: (person: StoredPerson) => void,
): Promise<StoredPerson[]> {
  const known = new Map((await store.people()).map((stored) => [stored.key, stored]));
  const keys = people.map(({ api }) => accountOf(api));
  const gathered = await Promise.all(keys.map((key) => known.get(key) ?? store.addPerson(key, nowS)));
  const gone = [...known.values()].filter(({ key }) => !keys.includes(key));
  await Promise.all(gone.map(({ id }) => store.removePerson(id)));
  for (const person of gone) onRemoved(person);
  return gathered;
}
