import { detailOfKey, isMass, measureTypes, typeOfKey, valueNames } from "@weighbridge/core";
import { advertisedKeys, type StateDocument } from "../messages/person-documents.ts";
import { publishedKeys } from "../messages/published-keys.ts";
import type { PersonTopics, Topic } from "../messages/topics.ts";
import {
  bridgeId,
  type Component,
  type Device,
  type DiscoveredPerson,
  type DiscoverySettings,
  entity,
  personId,
  reads,
  uniqueId,
} from "./device.ts";
import { DERIVED_LOOKS, MEASURE_LOOKS, type SensorLook } from "./entities.ts";
import { diagnostics, happenings, heldWeighIns } from "./person-happenings.ts";

const MODEL = "Withings scale";

/** Unique ids of a person's sensors by measure key, as discovery gives them. */
export const personSensorIds = (baseTopic: string, account: string, keys: readonly string[]): Map<string, string> =>
  new Map(keys.map((key) => [key, uniqueId(personId({ baseTopic }, account), key)]));

/** One person. */
export function personDevice(settings: DiscoverySettings, person: DiscoveredPerson): Device {
  const { topics } = settings;
  const id = personId(settings, person.account);
  const mine = topics.person(person.slug);
  const isPublished = publishedKeys(person);
  const values = Object.entries({ ...measureSensors(person, id, mine), ...derivedSensors(person, id, mine) });
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
      ...Object.fromEntries(values.filter(([key]) => isPublished(key))),
      ...moments(person, id, mine),
      ...happenings(person, id, mine),
      ...heldWeighIns(settings, person, id, mine),
      ...diagnostics(settings, person, id, mine),
    },
    removed: Object.fromEntries(values.filter(([key]) => !isPublished(key)).map(([key]) => [key, SENSOR_REMOVED])),
  };
}

const SENSOR_REMOVED: Component = { platform: "sensor" };

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
  return Object.fromEntries(sensors);
}

/** When the newest weigh-in was, and what it was in words. */
function moments(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
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
  return { last_weigh_in: lastWeighIn, summary };
}

/** As a person would say it, for activity lists and notifications: `68.45 kg, -0.25 kg since the last time`. */
const SUMMARY =
  "{% set v = value_json.weight %}{% set c = value_json.change %}{% set unit = ' ' ~ value_json.unit %}" +
  "{% if v is number %}{{ v ~ unit }}{% if c is number %}, {{ ('%+.2f' | format(c)) ~ unit }} since the last time{% endif %}" +
  "{% else %}{{ None }}{% endif %}";
