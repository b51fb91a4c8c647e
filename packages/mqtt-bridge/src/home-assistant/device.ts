import { hash } from "node:crypto";
import type { WeightUnit } from "@weighbridge/core";
import type { Topic, Topics } from "../messages/topics.ts";

export const SUPPORT_URL = "https://github.com/weighbridge/weighbridge";

export interface DiscoverySettings {
  readonly prefix: string;
  /** One message for a device, or one for each entity where a consumer knows only that form. */
  readonly style: "device" | "components";
  readonly topics: Topics;
  /** Tells bridges at one broker apart. */
  readonly baseTopic: string;
  readonly version: string;
  /** Where people can open the status page; left out where nobody else can. */
  readonly pageUrl?: string | undefined;
  /** The bridge asks for the newest version. */
  readonly hasUpdateCheck?: boolean;
}

export interface DiscoveredPerson {
  /** Generation and userid: the same after a restart without the state directory, and after the slug changed. */
  readonly account: string;
  readonly slug: string;
  readonly name: string;
  readonly weightUnit: WeightUnit;
  readonly seen: readonly string[];
  /** Measures without an entity. */
  readonly exclude?: readonly string[];
  /** Today's API tells of devices. */
  readonly hasDevices?: boolean;
}

export type Component = Readonly<Record<string, unknown>>;

export interface Device {
  /** Names the device in topics, ids and the registry. */
  readonly id: string;
  readonly description: Component;
  readonly availability: readonly { readonly topic: string }[];
  readonly components: Readonly<Record<string, Component>>;
  /** Components that an earlier configuration had. Home Assistant keeps what is merely left out: their platform alone removes them. */
  readonly removed?: Readonly<Record<string, Component>>;
}

// Frozen, like the keys of components: they are what Home Assistant knows devices and entities by. They follow from the configuration alone,
// so that a lost state directory makes no second device (docs/decisions/0012-identity-from-what-stays.md).
const digest = (text: string) => hash("sha256", text, "hex").slice(0, 12);
export const bridgeId = ({ baseTopic }: Pick<DiscoverySettings, "baseTopic">) => `weighbridge_${digest(baseTopic)}`;
export const personId = (settings: Pick<DiscoverySettings, "baseTopic">, account: string) =>
  `${bridgeId(settings)}_${digest(account)}`;
export const uniqueId = (id: string, key: string) => `${id}-${key}`;

/** Reads one key of the topic's document; the compiler knows the keys. */
export const reads = <D>(topic: Topic<D>, key: keyof D & string) => ({
  state_topic: topic,
  value_template: `{{ value_json.${key} }}`,
});

export const entity = (platform: string, { slug }: DiscoveredPerson, id: string, key: string): Component => ({
  platform,
  unique_id: uniqueId(id, key),
  default_entity_id: `${platform}.${slug.replaceAll("-", "_")}_${key}`,
});
