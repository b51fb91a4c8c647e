import type { EventKind } from "@weighbridge/core";
import type { PersonTopics, Topic } from "../messages/topics.ts";
import { type Component, type DiscoveredPerson, type DiscoverySettings, entity, reads } from "./device.ts";

/** Every other kind than a weigh-in, as Home Assistant's activity list shows it: it translates none of them. */
const NEWS = {
  weigh_in_updated: "corrected",
  weigh_in_deleted: "deleted",
  weigh_in_ambiguous: "may be somebody else's",
  measurement: "measured",
  target_set: "target set",
  profile_updated: "profile changed",
} as const satisfies Record<Exclude<EventKind, "weigh_in">, string>;

/** A kind that an event entity does not know is an error in Home Assistant: each hears its own kinds, and of the others nothing. */
const WEIGH_INS = "{{ value if value_json.event_type == 'weigh_in' else '' }}";
const OTHERS =
  `{% set words = ${JSON.stringify(NEWS)} %}{% set kind = value_json.event_type %}` +
  "{{ dict(value_json, event_type=words[kind], kind=kind) | tojson if kind in words else '' }}";

/** Weigh-ins have an event entity of their own, so that an automation on it needs no condition; the triggers are for automations made by clicking. */
export function happenings(person: DiscoveredPerson, id: string, mine: PersonTopics): Record<string, Component> {
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
      value_template: WEIGH_INS,
    },
    news: {
      ...entity("event", person, id, "news"),
      name: "Other news",
      icon: "mdi:message-text-clock",
      state_topic: mine.weighIn,
      event_types: Object.values(NEWS),
      value_template: OTHERS,
    },
    weighed_in: trigger("arrived", "weigh_in"),
    perhaps_weighed_in: trigger("may be somebody else's", "weigh_in_ambiguous"),
  };
}

/** Weigh-ins that may be somebody else's: how many, and the two answers to the newest. They need no account: the answer is kept here. */
export function heldWeighIns(
  { topics }: DiscoverySettings,
  person: DiscoveredPerson,
  id: string,
  { held }: PersonTopics,
): Record<string, Component> {
  const bridge = { topic: topics.bridgeState };
  const isAny = { topic: held, value_template: "{{ 'online' if value_json.count else 'offline' }}" };
  const slug = JSON.stringify(person.slug);
  const requests = JSON.stringify(topics.request("").replace(/\/$/, ""));
  const newest = {
    json_attributes_topic: held,
    json_attributes_template: "{{ (value_json.newest or {}) | tojson }}",
  };
  // With person and topic an automation can answer a weigh-in that it asked about before.
  const question = {
    json_attributes_topic: held,
    json_attributes_template: `{{ dict(value_json.newest or {}, unit=value_json.unit, others=value_json.others | map(attribute='name') | list, person=${slug}, request_topic=${requests}) | tojson }}`,
  };
  const answer = (key: string, name: string, icon: string, command: string): Component => ({
    ...entity("button", person, id, key),
    ...{ name, icon, availability: [bridge, isAny], ...newest },
    command_topic: topics.request(command),
    payload_press: command,
    // Names the weigh-in that the button shows: a newer one that arrives meanwhile is not answered by mistake.
    command_template: `{{ {'person': ${slug}, 'weigh_in': this.attributes.weigh_in, 'pressed': true} | tojson }}`,
  });
  return {
    held: {
      ...entity("sensor", person, id, "held"),
      ...{ name: "Held weigh-ins", icon: "mdi:account-question", state_class: "measurement" },
      ...{ availability: [bridge], ...question },
      ...reads(held, "count"),
    },
    claim: answer("claim", "Claim the held weigh-in", "mdi:account-check", "claim"),
    refuse: answer("refuse", "Refuse the held weigh-in", "mdi:account-cancel", "refuse"),
  };
}

export function diagnostics(
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
