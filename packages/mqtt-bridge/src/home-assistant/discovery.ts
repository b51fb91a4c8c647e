import { hash } from "node:crypto";
import {
  detailOfKey,
  EVENT_KINDS,
  isMass,
  measureTypes,
  typeOfKey,
  valueNames,
  type WeightUnit,
} from "@weighbridge/core";
import { advertisedKeys, type StateDocument } from "../messages/person-documents.ts";
import type { PersonTopics, Topic, Topics } from "../messages/topics.ts";
import { DERIVED_LOOKS, MEASURE_LOOKS, type SensorLook } from "./entities.ts";

export interface DiscoverySettings {
  readonly prefix: string;
  /** One message for a device, or one for each entity where a consumer knows only that form. */
  readonly style: "device" | "components";
  readonly topics: Topics;
  /** Tells bridges at one broker apart. */
  readonly baseTopic: string;
  readonly version: string;
}

export interface DiscoveredPerson {
  /** Generation and userid: the same after a restart without the state directory, and after the slug changed. */
  readonly account: string;
  readonly slug: string;
  readonly name: string;
  readonly weightUnit: WeightUnit;
  readonly seen: readonly string[];
  /** Today's API tells of devices. */
  readonly hasDevices?: boolean;
}

interface RetainedMessage {
  readonly topic: string;
  readonly payload: string;
}

type Component = Readonly<Record<string, unknown>>;

interface Device {
  /** Names the device in topics, ids and the registry. */
  readonly id: string;
  readonly description: Component;
  readonly availability: readonly { readonly topic: string }[];
  readonly components: Readonly<Record<string, Component>>;
}

const MODEL = "Withings scale";
const SUPPORT_URL = "https://github.com/weighbridge/weighbridge";
/** Everything that Home Assistant needs to know, retained. */
export function discoveryMessages(settings: DiscoverySettings, people: readonly DiscoveredPerson[]): RetainedMessage[] {
  return [
    ...messagesOf(settings, bridgeDevice(settings)),
    ...people.flatMap((person) => personDiscovery(settings, person)),
  ];
}

/** Discovery of one person's device. */
export const personDiscovery = (settings: DiscoverySettings, person: DiscoveredPerson): RetainedMessage[] =>
  messagesOf(settings, personDevice(settings, person));

/** Topics of this bridge's discovery in both forms, also of people who are no longer in the configuration. */
export function ownDiscovery(settings: DiscoverySettings) {
  const { prefix } = settings;
  const id = bridgeId(settings);
  const isOwn = (device: string | undefined) => device === id || device?.startsWith(`${id}_`) === true;
  return {
    filters: [`${prefix}/device/+/config`, `${prefix}/+/+/+/config`],
    has: (topic: string) => topic.startsWith(`${prefix}/`) && isOwn(topic.slice(prefix.length + 1).split("/")[1]),
  };
}

const messagesOf = (settings: DiscoverySettings, device: Device): RetainedMessage[] =>
  settings.style === "device" ? [whole(settings, device)] : parts(settings, device);

// Frozen, like the keys of components: they are what Home Assistant knows devices and entities by. They follow from the configuration alone,
// so that a lost state directory makes no second device (docs/decisions/0012-identity-from-what-stays.md).
const digest = (text: string) => hash("sha256", text, "hex").slice(0, 12);
const bridgeId = ({ baseTopic }: DiscoverySettings) => `weighbridge_${digest(baseTopic)}`;
const personId = (settings: DiscoverySettings, account: string) => `${bridgeId(settings)}_${digest(account)}`;
const uniqueId = (id: string, key: string) => `${id}-${key}`;

const originOf = ({ version }: DiscoverySettings) => ({
  name: "Weighbridge",
  sw_version: version,
  support_url: SUPPORT_URL,
});

function whole(settings: DiscoverySettings, { id, description, availability, components }: Device): RetainedMessage {
  const message = {
    device: description,
    origin: originOf(settings),
    availability,
    availability_mode: "all",
    qos: 1,
    components,
  };
  return { topic: `${settings.prefix}/device/${id}/config`, payload: JSON.stringify(message) };
}

function parts(settings: DiscoverySettings, { id, description, availability, components }: Device): RetainedMessage[] {
  return Object.entries(components).map(([key, { platform, ...component }]) => {
    const isEntity = platform !== "device_automation";
    const shared = isEntity ? { availability, availability_mode: "all", qos: 1 } : {};
    const message = { ...shared, ...component, device: description, origin: originOf(settings) };
    return { topic: `${settings.prefix}/${platform}/${id}/${key}/config`, payload: JSON.stringify(message) };
  });
}

function personDevice(settings: DiscoverySettings, person: DiscoveredPerson): Device {
  const { topics } = settings;
  const id = personId(settings, person.account);
  const mine = topics.person(person.slug);
  return {
    id,
    description: {
      identifiers: [id],
      name: person.name,
      manufacturer: "Withings",
      model: MODEL,
      via_device: bridgeId(settings),
    },
    availability: [{ topic: topics.bridgeState }, { topic: mine.availability }],
    components: {
      ...measureSensors(person, id, mine),
      ...derivedSensors(person, id, mine),
      ...happenings(person, id, mine),
      ...diagnostics(settings, person, id, mine),
    },
  };
}

/** Reads one key of the topic's document; the compiler knows the keys. */
const reads = <D>(topic: Topic<D>, key: keyof D & string) => ({
  state_topic: topic,
  value_template: `{{ value_json.${key} }}`,
});

const entity = (platform: string, { slug }: DiscoveredPerson, id: string, key: string): Component => ({
  platform,
  unique_id: uniqueId(id, key),
  default_entity_id: `${platform}.${slug.replaceAll("-", "_")}_${key}`,
});

function sensor(
  person: DiscoveredPerson,
  id: string,
  key: string,
  topic: Topic<StateDocument>,
  look: SensorLook,
): Component {
  return {
    ...entity("sensor", person, id, key),
    ...(look.name === undefined ? {} : { name: look.name }),
    ...(look.deviceClass === undefined ? {} : { device_class: look.deviceClass }),
    ...(look.unit === undefined ? {} : { unit_of_measurement: look.unit === "mass" ? person.weightUnit : look.unit }),
    ...(look.icon === undefined ? {} : { icon: look.icon }),
    ...(look.precision === undefined ? {} : { suggested_display_precision: look.precision }),
    ...(look.isOffByDefault ? { enabled_by_default: false } : {}),
    ...(valueNames[typeOfKey(key)] ? {} : { state_class: "measurement" }),
    state_topic: topic,
    value_template: templateOf(key),
  };
}

/** A code is shown by its name; one that has none stays a number. */
function templateOf(key: string): string {
  const value = `value_json[${JSON.stringify(key)}]`;
  const names = valueNames[typeOfKey(key)];
  return names === undefined ? `{{ ${value} }}` : `{{ ${JSON.stringify(names)}.get(${value} | string, ${value}) }}`;
}

function measureSensors(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
  const sensors = advertisedKeys(person.seen).map((key) => [key, sensor(person, id, key, mine.state, lookOf(key))]);
  return Object.fromEntries(sensors);
}

/** From the table; a type that it lacks gets the name and unit of the measure-type table, and is switched off. */
function lookOf(key: string): SensorLook {
  const type = typeOfKey(key);
  const detail = detailOfKey(key, type);
  const place = detail === "" ? "" : ` (${detail})`;
  const look = MEASURE_LOOKS[type];
  if (look !== undefined) return place === "" ? look : { ...look, name: `${look.name ?? "Weight"}${place}` };
  const known = [...measureTypes.values()].find((row) => row.id === type);
  if (known === undefined) return { name: `Measure ${type.replace("type_", "")}${place}`, isOffByDefault: true };
  const mass = isMass(key) ? { deviceClass: "weight", unit: "mass" } : {};
  const unit = known.unit === "" || isMass(key) ? {} : { unit: known.unit };
  const name = `${known.name.replace(OF_A_SEGMENT, "")}${place}`;
  const precision = valueNames[type] ? {} : { precision: known.digits };
  return { name, ...precision, isOffByDefault: true, ...unit, ...mass };
}

/** The segment itself says it better. */
const OF_A_SEGMENT = / of a segment$/;

function derivedSensors(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
  const sensors = Object.entries(DERIVED_LOOKS).map(([key, look]) => [key, sensor(person, id, key, mine.state, look)]);
  const lastWeighIn = {
    ...entity("sensor", person, id, "last_weigh_in"),
    name: "Last weigh-in",
    device_class: "timestamp",
    ...reads(mine.state, "last_weigh_in"),
  };
  const summary = {
    ...entity("sensor", person, id, "summary"),
    name: "Latest weigh-in",
    icon: "mdi:scale-bathroom",
    state_topic: mine.state,
    value_template: SUMMARY,
  };
  return { ...Object.fromEntries(sensors), last_weigh_in: lastWeighIn, summary };
}

/** As a person would say it, for activity lists and notifications: `68.45 kg, -0.25 kg since the last time`. */
const SUMMARY =
  "{% set v = value_json.weight %}{% set c = value_json.change %}{% set unit = ' ' ~ value_json.unit %}" +
  "{% if v is number %}{{ v ~ unit }}{% if c is number %}, {{ ('%+.2f' | format(c)) ~ unit }} since the last time{% endif %}" +
  "{% else %}{{ None }}{% endif %}";

/** A kind that an event entity does not know is an error in Home Assistant: each hears its own kinds, and of the others nothing. */
const heard = (condition: string): string => `{{ value if value_json.event_type ${condition} 'weigh_in' else '' }}`;

/** Weigh-ins have an event entity of their own, so that an automation on it needs no condition; the triggers are for automations made by clicking. */
function happenings(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
  // Shown as `"Weigh-in" arrived`: Home Assistant translates the types of buttons only.
  const trigger = (type: string, kind: string): Component => ({
    platform: "device_automation",
    automation_type: "trigger",
    type,
    subtype: "Weigh-in",
    topic: mine.weighIn,
    value_template: reads(mine.weighIn, "event_type").value_template,
    payload: kind,
    qos: 1,
  });
  return {
    weigh_in: {
      ...entity("event", person, id, "weigh_in"),
      name: "Weigh-in",
      icon: "mdi:scale-bathroom",
      state_topic: mine.weighIn,
      event_types: ["weigh_in"],
      value_template: heard("=="),
    },
    news: {
      ...entity("event", person, id, "news"),
      name: "Other news",
      icon: "mdi:message-text-clock",
      state_topic: mine.weighIn,
      event_types: EVENT_KINDS.filter((kind) => kind !== "weigh_in"),
      value_template: heard("!="),
    },
    weighed_in: trigger("arrived", "weigh_in"),
    perhaps_weighed_in: trigger("may be somebody else's", "weigh_in_ambiguous"),
  };
}

function diagnostics(
  { topics }: DiscoverySettings,
  person: DiscoveredPerson,
  id: string,
  mine: PersonTopics,
): Record<string, Component> {
  // A problem must show also while the account is not available.
  const availability = [{ topic: topics.bridgeState }];
  const problem = <D extends { readonly problem: unknown }>(key: string, name: string, topic: Topic<D>): Component => ({
    ...entity("binary_sensor", person, id, key),
    name,
    device_class: "problem",
    entity_category: "diagnostic",
    availability,
    state_topic: topic,
    value_template: "{{ 'ON' if value_json.problem else 'OFF' }}",
    // Code, message and remedy, in words for whoever looks at the problem.
    json_attributes_topic: topic,
    json_attributes_template: "{{ (value_json.problem or {}) | tojson }}",
  });
  const moment = (key: string, name: string, field: "last_poll" | "next_poll"): Component => ({
    ...entity("sensor", person, id, key),
    name,
    device_class: "timestamp",
    entity_category: "diagnostic",
    enabled_by_default: false,
    availability,
    ...reads(mine.status, field),
  });
  return {
    ...(person.hasDevices ? scaleSensors(person, id, mine) : {}),
    account_problem: problem("account_problem", "Account", mine.status),
    subscription_problem: problem("subscription_problem", "Subscription", mine.subscription),
    last_poll: moment("last_poll", "Last sync", "last_poll"),
    next_poll: moment("next_poll", "Next sync", "next_poll"),
    sync: {
      ...entity("button", person, id, "sync"),
      name: "Sync now",
      icon: "mdi:cloud-refresh",
      entity_category: "diagnostic",
      availability,
      command_topic: topics.request("sync"),
      payload_press: JSON.stringify({ person: person.slug }),
    },
  };
}

/** Of the scale that was in contact last: a battery is known in three steps only. */
function scaleSensors(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
  const of = (key: string, name: string, field: string): Component => ({
    ...entity("sensor", person, id, key),
    name,
    entity_category: "diagnostic",
    state_topic: mine.devices,
    value_template: `{{ value_json.scale.${field} if value_json.scale else None }}`,
  });
  return {
    scale_battery: {
      ...of("scale_battery", "Scale battery", "battery"),
      device_class: "enum",
      options: ["high", "medium", "low"],
      icon: "mdi:battery",
    },
    scale_last_contact: {
      ...of("scale_last_contact", "Scale last contact", "last_contact"),
      device_class: "timestamp",
    },
  };
}

function bridgeDevice(settings: DiscoverySettings): Device {
  const { topics, version } = settings;
  const id = bridgeId(settings);
  const diagnostic = (platform: string, key: string, name: string): Component => ({
    platform,
    unique_id: uniqueId(id, key),
    default_entity_id: `${platform}.weighbridge_${key}`,
    name,
    entity_category: "diagnostic",
  });
  return {
    id,
    description: {
      identifiers: [id],
      name: "Weighbridge",
      manufacturer: "Weighbridge",
      model: "MQTT bridge",
      sw_version: version,
    },
    availability: [{ topic: topics.bridgeState }],
    components: {
      connection: {
        ...diagnostic("binary_sensor", "connection", "Connection"),
        device_class: "connectivity",
        // This entity shows that the bridge is away, so it stays available.
        availability: [],
        state_topic: topics.bridgeState,
        payload_on: "online",
        payload_off: "offline",
      },
      last_notification: {
        ...diagnostic("sensor", "last_notification", "Last notification"),
        device_class: "timestamp",
        ...reads(topics.bridgeInfo, "last_notification"),
      },
      sync_all: {
        ...diagnostic("button", "sync_all", "Sync everybody now"),
        icon: "mdi:cloud-refresh",
        command_topic: topics.request("sync"),
        payload_press: "{}",
      },
    },
  };
}
