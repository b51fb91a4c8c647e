import { EVENT_KINDS } from "@weighbridge/core";
import { describe, expect, test } from "vitest";
import type { DiscoverySettings } from "../../src/home-assistant/device.ts";
import { discoveryMessages, ownDiscovery } from "../../src/home-assistant/discovery.ts";
import { documentsOf, eventMessage } from "../../src/messages/documents.ts";
import { topicsBelow } from "../../src/messages/topics.ts";
import { statusDocument } from "../../src/status.ts";
import { knownState, viewOf, weighInEvent } from "../support/person-view.ts";

type Component = Readonly<Record<string, unknown>>;
interface Found {
  readonly key: string;
  readonly component: Component;
  readonly device: Component;
}

const topics = topicsBelow("weighbridge");
const settings: DiscoverySettings = {
  prefix: "homeassistant",
  style: "device",
  topics,
  baseTopic: "weighbridge",
  version: "0.1.0",
};
/** Looked up, in the table of types only, with a position, unknown. */
const SEEN = ["weight", "fat_ratio", "heart_pulse", "vascular_age", "segmental_fat_mass_3", "type_99", "co2"];
const ada = { slug: "ada", account: "wbs:29", name: "Ada", weightUnit: "kg", seen: SEEN } as const;
const ben = { slug: "ben-2", account: "wbs:30", name: "Ben", weightUnit: "st", seen: [] } as const;

const messagesOf = (style: DiscoverySettings["style"], more: Partial<DiscoverySettings> = {}, people = [ada, ben]) =>
  discoveryMessages({ ...settings, style, ...more }, people).map(({ topic, payload }) => ({
    topic,
    message: JSON.parse(payload) as Component,
  }));

/** Every component with what its device shares with it, as Home Assistant sees it. */
function found(style: DiscoverySettings["style"], more?: Partial<DiscoverySettings>): Found[] {
  return messagesOf(style, more).flatMap(({ topic, message }) => {
    const { components, device, origin: _origin, ...shared } = message;
    if (style === "components") {
      const [, platform, , key] = topic.split("/");
      return [{ key: key as string, component: { platform, ...shared }, device: device as Component }];
    }
    const all = Object.entries(components as Record<string, Component>);
    // A platform alone removes what an earlier configuration had.
    const kept = all.filter(([, component]) => Object.keys(component).length > 1);
    return kept.map(([key, component]) => {
      const inherited = component["platform"] === "device_automation" ? {} : shared;
      return { key, component: { ...inherited, ...component }, device: device as Component };
    });
  });
}

const nameOf = ({ device }: Found) => device["name"];
const of = (name: string, style: DiscoverySettings["style"] = "device") =>
  new Map(
    found(style)
      .filter((one) => nameOf(one) === name)
      .map(({ key, component }) => [key, component]),
  );

describe.each(["device", "components"] as const)("in the style %s", (style) => {
  const all = found(style);
  const entities = all.filter(({ component }) => component["platform"] !== "device_automation");

  test("every topic has only characters that Home Assistant takes", () => {
    const shape =
      style === "device"
        ? /^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/
        : /^homeassistant\/[a-z_]+\/[a-zA-Z0-9_-]+\/[a-z0-9_]+\/config$/;
    const seen = messagesOf(style).map(({ topic }) => topic);
    for (const topic of seen) expect(topic).toMatch(shape);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("the root, device and origin hold no key that Home Assistant does not know", () => {
    const DEVICE = ["identifiers", "manufacturer", "model", "name", "sw_version", "via_device"];
    const ROOT = ["device", "origin", "components", "availability", "availability_mode", "qos"];
    for (const { message } of messagesOf(style)) {
      if (style === "device") expect(ROOT).toEqual(expect.arrayContaining(Object.keys(message)));
      const { device, origin } = message as Record<"device" | "origin", Component>;
      expect(DEVICE).toEqual(expect.arrayContaining(Object.keys(device)));
      expect(device).toMatchObject({ identifiers: [expect.any(String)], name: expect.any(String) });
      expect(Object.keys(origin)).toEqual(["name", "sw_version", "support_url"]);
    }
  });

  test("every entity has an identity of its own, and suggests an id of its own platform", () => {
    const ids = entities.map(({ component }) => component["unique_id"]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { component } of entities) {
      expect(component["unique_id"]).toMatch(/^weighbridge_[0-9a-f]{12}[a-z0-9_-]*$/);
      expect(component["default_entity_id"]).toMatch(new RegExp(`^${component["platform"]}\\.[a-z0-9_]+$`));
      // Gone since 2026.4, without a word in the log.
      expect(component).not.toHaveProperty("object_id");
    }
  });

  test("keys are lower snake case: they are part of the identity", () => {
    for (const { key } of all) expect(key).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test("an entity without a name has a device class that names it in the user's language", () => {
    for (const { component } of entities)
      if (component["name"] === undefined) expect(component["device_class"]).toEqual(expect.any(String));
  });

  test("availability is a list of topics, all of which must be online, plain ones but for the buttons of a held weigh-in", () => {
    for (const { component } of entities) {
      expect(component).not.toHaveProperty("availability_topic");
      expect(component["availability_mode"]).toBe("all");
      for (const availability of component["availability"] as Component[])
        if (
          availability["topic"] !== topics.person("ada").held &&
          availability["topic"] !== topics.person("ben-2").held
        )
          expect(Object.keys(availability)).toEqual(["topic"]);
    }
  });

  test("a person's values need the bridge and the account, a problem needs the bridge only", () => {
    const mine = of("Ada", style);
    const both = [{ topic: "weighbridge/bridge/state" }, { topic: "weighbridge/people/ada/availability" }];
    expect(mine.get("weight")).toMatchObject({ availability: both });
    expect(mine.get("weigh_in")).toMatchObject({ availability: both });
    expect(mine.get("account_problem")).toMatchObject({ availability: both.slice(0, 1) });
    expect(of("Weighbridge", style).get("connection")).toMatchObject({ availability: [] });
  });

  test("a unit fits its device class, or Home Assistant drops the entity", () => {
    const UNITS: Record<string, readonly string[]> = {
      weight: ["kg", "lb", "st"],
      distance: ["m"],
      temperature: ["°C"],
    };
    for (const { component } of all.filter(({ component }) => component["platform"] === "sensor")) {
      const { device_class: deviceClass, unit_of_measurement: unit, state_class: stateClass } = component;
      if (String(component["unique_id"]).endsWith("-summary"))
        expect([unit, stateClass]).toEqual([undefined, undefined]);
      else if (deviceClass === "timestamp") expect([unit, stateClass]).toEqual([undefined, undefined]);
      else {
        expect(stateClass).toBe("measurement");
        if (deviceClass !== undefined) expect(UNITS[String(deviceClass)]).toContain(unit);
      }
    }
  });

  test("every platform has what it requires", () => {
    const REQUIRED: Record<string, readonly string[]> = {
      sensor: ["state_topic", "value_template"],
      binary_sensor: ["state_topic", "device_class"],
      event: ["state_topic", "event_types"],
      button: ["command_topic", "payload_press"],
      device_automation: ["automation_type", "topic", "type", "subtype", "payload", "value_template"],
    };
    for (const { component } of all)
      expect(Object.keys(component)).toEqual(
        expect.arrayContaining([...(REQUIRED[String(component["platform"])] as string[])]),
      );
  });

  test("a trigger is no entity: no id, no availability", () => {
    const triggers = all.filter(({ component }) => component["platform"] === "device_automation");
    expect(triggers).toHaveLength(4);
    for (const { component } of triggers)
      for (const key of ["unique_id", "default_entity_id", "availability", "availability_mode", "name"])
        expect(component).not.toHaveProperty(key);
  });

  test("two event entities share the kinds of events, each with a template that hears its own alone", () => {
    const found = ["weigh_in", "news"].map((key) => of("Ada", style).get(key) as Component);
    expect(found[0]).toMatchObject({ platform: "event", event_types: ["weigh_in"] });
    expect(found[0]?.["value_template"]).toBe("{{ value if value_json.event_type == 'weigh_in' else '' }}");
    const words = found[1]?.["event_types"] as string[];
    expect(words).toHaveLength(EVENT_KINDS.length - 1);
    for (const word of words) expect(word).not.toContain("_");
    const template = String(found[1]?.["value_template"]);
    for (const kind of EVENT_KINDS) expect(template.includes(`"${kind}":`)).toBe(kind !== "weigh_in");
    const { topic } = eventMessage(topics, viewOf(knownState).settings, weighInEvent);
    for (const event of found) {
      expect(event).not.toHaveProperty("device_class");
      expect(event["state_topic"]).toBe(topic);
    }
  });

  test("a problem carries its code, message and remedy as attributes", () => {
    for (const key of ["account_problem", "subscription_problem"]) {
      const component = of("Ada", style).get(key) as Component;
      expect(component["json_attributes_topic"]).toBe(component["state_topic"]);
      expect(component["json_attributes_template"]).toContain("value_json.problem or {}");
    }
  });
});

test("every template of a person reads a key that its document always has", () => {
  const documents = new Map(
    documentsOf(topics, viewOf(knownState, { seen: SEEN })).map(({ topic, payload }) => [topic, payload]),
  );
  const bare = {
    problem: null,
    subscription: null,
    lastPollAt: null,
    nextPollAt: null,
    oldestHintAt: null,
    lastWeighInAt: null,
  };
  documents.set(topics.person("ada").status, JSON.stringify(statusDocument({ slug: "ada", ...bare })));
  const reading = [...of("Ada").entries()].filter(
    ([, { platform }]) => platform === "sensor" || platform === "binary_sensor",
  );
  expect(reading.length).toBeGreaterThan(15);
  for (const [key, component] of reading) {
    const read = /value_json(?:\["([^"]+)"\]|\.(\w+))/.exec(String(component["value_template"]));
    const document = JSON.parse(documents.get(String(component["state_topic"])) as string);
    expect(document, key).toHaveProperty([read?.[1] ?? read?.[2] ?? ""]);
  }
});

test("a person's device has what a scale's owner looks for, before anything was measured", () => {
  const mine = of("Ben");
  expect(Object.fromEntries([...mine].map(([key, { platform }]) => [key, platform]))).toMatchObject({
    weight: "sensor",
    fat_ratio: "sensor",
    fat_mass: "sensor",
    fat_free_mass: "sensor",
    height: "sensor",
    bmi: "sensor",
    trend: "sensor",
    change: "sensor",
    target: "sensor",
    last_weigh_in: "sensor",
    summary: "sensor",
    weigh_in: "event",
    news: "event",
    weighed_in: "device_automation",
    perhaps_weighed_in: "device_automation",
    account_problem: "binary_sensor",
    subscription_problem: "binary_sensor",
    sync: "button",
  });
});

test("masses are shown in the person's own unit, since Home Assistant does not convert them", () => {
  const unit = (name: string, key: string) => of(name).get(key)?.["unit_of_measurement"];
  expect([unit("Ada", "weight"), unit("Ada", "segmental_fat_mass_3")]).toEqual(["kg", "kg"]);
  expect(["weight", "fat_mass", "trend", "target", "change"].map((key) => unit("Ben", key))).toEqual(
    Array(5).fill("st"),
  );
});

test("what only the table of types knows is there and switched off; what nobody knows has no unit", () => {
  const mine = of("Ada");
  expect(mine.get("vascular_age")).toMatchObject({ name: "Vascular age", enabled_by_default: false });
  expect(mine.get("segmental_fat_mass_3")).toMatchObject({ name: "Fat mass (left arm)", device_class: "weight" });
  expect(mine.get("type_99")).toMatchObject({ name: "Measure 99", enabled_by_default: false });
  expect(mine.get("type_99")).not.toHaveProperty("unit_of_measurement");
});

test("PUB-MEAS-14: a measure says where on the body it is, and a code what it means", () => {
  const seen = ["segmental_muscle_mass_12", "pulse_wave_velocity_5_companion", "type_900_40", "afib_ecg"];
  const [, person] = messagesOf("device", {}, [{ ...ada, seen } as unknown as typeof ada]);
  const components = person?.message["components"] as Record<string, Component>;
  const name = (key: string) => components[key]?.["name"];
  expect(seen.map(name)).toEqual([
    "Muscle mass (torso)",
    "Pulse wave velocity (left foot, companion)",
    "Measure 900 (place 40)",
    "Atrial fibrillation by ECG",
  ]);
  expect(components["afib_ecg"]?.["value_template"]).toContain('"1":"positive"');
  expect(components["afib_ecg"]).not.toHaveProperty("state_class");
});

test("both styles give the same entities the same identity", () => {
  const ids = (style: DiscoverySettings["style"]) => found(style).map(({ component }) => component["unique_id"]);
  expect(ids("components")).toEqual(ids("device"));
});

test("an identity depends on base topic and account alone, which outlive the state directory", () => {
  const ids = (more: Partial<DiscoverySettings>, person: object) =>
    messagesOf("device", more, [{ ...ada, ...person } as unknown as typeof ada]).flatMap(({ message }) => [
      ...(message["device"] as { identifiers: string[] }).identifiers,
      ...Object.values(message["components"] as Record<string, Component>).map(({ unique_id }) => unique_id),
    ]);
  const before = ids({}, {});
  expect(ids({ prefix: "ha", version: "9.9.9" }, { name: "Ada Lovelace", slug: "countess" })).toEqual(before);
  expect(ids({}, { account: "wbs:30" })).not.toEqual(before);
});

test("no slug takes the identity of the bridge, or of another person's entity", () => {
  const slugs = ["bridge", "ada", "ada_to", "ada-to", "ada_last"];
  const people = slugs.map((slug, index) => ({ ...ada, slug, account: `wbs:${index}`, seen: [] }));
  const messages = discoveryMessages(settings, people).map(({ topic, payload }) => ({ topic, ...JSON.parse(payload) }));
  expect(new Set(messages.map(({ topic }) => topic)).size).toBe(slugs.length + 1);
  const ids = messages.flatMap(({ components }) =>
    Object.values(components as Record<string, Component>).flatMap(({ unique_id }) => unique_id ?? []),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test("two bridges at one broker do not meet", () => {
  const topicsOf = (baseTopic: string) => messagesOf("device", { baseTopic }).map(({ topic }) => topic);
  expect(topicsOf("weighbridge").filter((topic) => topicsOf("office").includes(topic))).toEqual([]);
});

test.each(["device", "components"] as const)("a bridge knows its own %s discovery from another's", (style) => {
  const { has } = ownDiscovery(settings);
  const topicsOf = (baseTopic: string) => messagesOf(style, { baseTopic }).map(({ topic }) => topic);
  expect(topicsOf("weighbridge").every(has)).toBe(true);
  expect([...topicsOf("office"), "homeassistant/sensor/other/x/config"].filter(has)).toEqual([]);
});

test("a person's device hangs on the bridge's", () => {
  const [bridge, person] = messagesOf("device").map(({ message }) => message["device"] as Component);
  expect(bridge).toMatchObject({ identifiers: [person?.["via_device"]] });
});

test("the whole message of a person, for the eye", async () => {
  const [, person] = messagesOf("device", {}, [{ ...ada, seen: [] } as unknown as typeof ada]);
  await expect(`${JSON.stringify(person, null, 2)}\n`).toMatchFileSnapshot("person-device.json.snap");
});
