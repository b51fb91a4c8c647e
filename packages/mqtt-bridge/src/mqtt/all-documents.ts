import { DOCUMENT_SCHEMA, isAccountWorking } from "@weighbridge/core";
import { pageUrlOf } from "../config/admin.ts";
import type { Config } from "../config/schema.ts";
import type { DiscoveredPerson, DiscoverySettings } from "../home-assistant/device.ts";
import { discoveryMessages, ownDiscovery, personDiscovery } from "../home-assistant/discovery.ts";
import { LIMITS } from "../limits.ts";
import { documentsOf, messageOn } from "../messages/documents.ts";
import type { PersonKeys, PersonView } from "../messages/person-documents.ts";
import type { Topics } from "../messages/topics.ts";
import type { Devices } from "../people/devices.ts";
import type { Followers } from "../people/followers.ts";
import type { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import { infoDocument, type PersonStatus, type Status, statusDocument } from "../status.ts";
import type { Message } from "../store/store.ts";
import type { UpdateCheck } from "../updates/update-check.ts";

export interface AllDocumentsInput {
  readonly config: Config;
  readonly version: string;
  readonly topics: Topics;
  readonly people: People;
  readonly followers: Followers;
  readonly status: Status;
  readonly devices: Devices;
  /** Undefined where nobody asks for the newest version. */
  readonly updates: Pick<UpdateCheck, "latest"> | undefined;
}

/** Makes every message that the broker is to retain, as things stand. */
export class AllDocuments {
  readonly #input: AllDocumentsInput;
  /** The polls that the last status document of each person shows. */
  readonly #shownPolls = new Map<number, Polls>();
  /** Of each person, the view that `changedOf` looked at last. Forgotten with each `everything`, which the broker may hold instead. */
  readonly #views = new Map<number, PersonView>();

  constructor(input: AllDocumentsInput) {
    this.#input = input;
  }

  of(person: Person): Message[] {
    return [...documentsOf(this.#input.topics, this.#viewOf(person)), this.#statusOf(person)];
  }

  /** Documents of the person that may differ from those of the last call. */
  changedOf(person: Person): Message[] {
    const { id } = person.rows.stored;
    const view = this.#viewOf(person);
    const before = this.#views.get(id);
    this.#views.set(id, view);
    return [...documentsOf(this.#input.topics, view, before), this.#statusOf(person)];
  }

  #viewOf(person: Person): PersonView {
    const { followers, devices } = this.#input;
    const { id, state, seen, subscription, held } = person.rows.stored;
    const isAvailable = isAccountWorking(followers.problemOf(id));
    return {
      ...{ settings: person.config, state, seen, subscription, devices: devices.of(id), isAvailable, held },
      others: held.count === 0 ? [] : this.#othersThan(person),
    };
  }

  /** Of a large household only the first. */
  #othersThan(person: Person): PersonKeys[] {
    const some = this.#input.people.all.slice(0, LIMITS.slugsNamed + 1).filter((one) => one !== person);
    return some.slice(0, LIMITS.slugsNamed).map(({ config: { slug, name } }) => ({ person: slug, name }));
  }

  /** The status of everybody who was polled since this was asked last, or whose next poll moved by more than a person would notice. */
  movedStatuses(): Message[] {
    const { people, followers } = this.#input;
    const moved = people.all.filter((person) => {
      const { id } = person.rows.stored;
      const { lastPollAt, nextPollAt } = followers.statusOf(person);
      const shown = this.#shownPolls.get(id);
      if (shown?.lastPollAt === lastPollAt && isNear(shown.nextPollAt, nextPollAt)) return false;
      this.#shownPolls.set(id, { lastPollAt, nextPollAt });
      return true;
    });
    return moved.map((person) => this.#statusOf(person));
  }

  #statusOf(person: Person): Message {
    const { topics, followers } = this.#input;
    return messageOn(topics.person(person.config.slug).status, statusDocument(followers.statusOf(person)));
  }

  discovery(): Message[] {
    return this.#discoveryIn(this.#input.config.home_assistant.discovery);
  }

  discoveryOf(personId: number): Message[] {
    const { enabled, discovery } = this.#input.config.home_assistant;
    const person = this.#input.people.byId(personId);
    return enabled ? personDiscovery(this.#settings(discovery), discovered(person)) : [];
  }

  isDiscovery(topic: string): boolean {
    return ownDiscovery(this.#settings("device")).has(topic);
  }

  /** Topics of the form that is not chosen. */
  otherDiscovery(): string[] {
    const { discovery } = this.#input.config.home_assistant;
    return this.#discoveryIn(discovery === "device" ? "components" : "device").map(({ topic }) => topic);
  }

  /** Topics that only this bridge publishes to. */
  get own(): { readonly filters: readonly string[]; has(topic: string): boolean } {
    const discovery = ownDiscovery(this.#settings("device"));
    const below = `${this.#input.config.mqtt.base_topic}/people/`;
    return {
      filters: [`${below}#`, ...discovery.filters],
      has: (topic) => topic.startsWith(below) || discovery.has(topic),
    };
  }

  info(): Message {
    const { topics, status } = this.#input;
    return messageOn(topics.bridgeInfo, infoDocument(status.latest));
  }

  /** Empty where nobody asks for the newest version. */
  update(): Message[] {
    const { topics, updates, version } = this.#input;
    if (updates === undefined) return [];
    const document = { schema: DOCUMENT_SCHEMA, installed_version: version, latest_version: updates.latest } as const;
    return [messageOn(topics.bridgeUpdate, document)];
  }

  /** Everything retained; that the bridge is there comes last. */
  everything(): Message[] {
    const { topics, people } = this.#input;
    this.#views.clear();
    return [
      ...this.discovery(),
      ...people.all.flatMap((person) => this.of(person)),
      this.info(),
      ...this.update(),
      messageOn(topics.bridgeState, "online"),
    ];
  }

  #settings(style: DiscoverySettings["style"]): DiscoverySettings {
    const { config, version, topics } = this.#input;
    const { base_topic: baseTopic } = config.mqtt;
    const { discovery_prefix: prefix, update_check: hasUpdateCheck } = config.home_assistant;
    return { prefix, style, topics, baseTopic, version, hasUpdateCheck, pageUrl: pageUrlOf(config) };
  }

  #discoveryIn(style: DiscoverySettings["style"]): Message[] {
    const { config, people } = this.#input;
    return config.home_assistant.enabled ? discoveryMessages(this.#settings(style), people.all.map(discovered)) : [];
  }
}

type Polls = Pick<PersonStatus, "lastPollAt" | "nextPollAt">;

/** The next poll is a wait from now, so that its date wavers by a second without having moved. */
const isNear = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) < LIMITS.nextPollMovedS;

const discovered = ({ config, rows, today }: Person): DiscoveredPerson => ({
  slug: config.slug,
  name: config.name,
  weightUnit: config.weight_unit,
  account: rows.stored.key,
  seen: rows.stored.seen,
  exclude: config.exclude,
  hasDevices: today !== undefined,
});
