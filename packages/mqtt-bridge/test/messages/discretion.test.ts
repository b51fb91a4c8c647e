import type { PersonEvent } from "@weighbridge/core";
import { expect, test } from "vitest";
import { discoveryMessages } from "../../src/home-assistant/discovery.ts";
import { documentsOf, eventMessage } from "../../src/messages/documents.ts";
import type { PersonView } from "../../src/messages/person-documents.ts";
import { isEventPublished } from "../../src/messages/published-keys.ts";
import { topicsBelow } from "../../src/messages/topics.ts";
import { START } from "../support/open-store.ts";
import { knownState, stateWith, viewOf, weighInEvent } from "../support/person-view.ts";

const topics = topicsBelow("weighbridge");
const settings = (exclude: readonly string[]) => ({ slug: "ada", name: "Ada", weight_unit: "kg", exclude }) as const;

const documents = (view: PersonView) =>
  new Map(
    documentsOf(topics, view).map(({ topic, payload }) => [topic.replace("weighbridge/people/ada/", ""), payload]),
  );
const parsed = (view: PersonView, name: string) => JSON.parse(documents(view).get(name) as string);

test("an excluded measure is in no document, has no topic, and the others stay", () => {
  const view = viewOf(knownState, { settings: settings(["fat_ratio"]) });
  const all = documents(view);
  expect([...all.values()].join()).not.toMatch(/fat_ratio|17\.8/);
  expect(all.has("measure/fat_ratio")).toBe(false);
  expect(parsed(view, "state")).toMatchObject({ weight: 79.3, bmi: 26.5, fat_mass: null });
  const event = JSON.parse(eventMessage(topics, view.settings, weighInEvent).payload);
  expect(event).not.toHaveProperty("fat_ratio");
  expect(event).toMatchObject({ weight: 79.3, bmi: 26.5, change: -0.8 });
});

test("an excluded type takes its segments along, an excluded segment itself alone", () => {
  const state = stateWith({ weight: 80, segmental_fat_mass_3: 4.25, segmental_fat_mass_12: 9, type_99: 1 });
  const shown = (exclude: readonly string[]) =>
    Object.keys(parsed(viewOf(state, { settings: settings(exclude) }), "state"));
  expect(shown(["segmental_fat_mass"]).join()).not.toContain("segmental_fat_mass");
  expect(shown(["segmental_fat_mass_3"])).toContain("segmental_fat_mass_12");
  expect(shown(["type_99"])).not.toContain("type_99");
});

test("whoever excludes the weight tells no number that follows from it, and still that they weighed in", () => {
  const held = { count: 1, newest: [{ id: 7, measuredAt: START, values: { weight: 79.3 } }] };
  const view = viewOf(knownState, { settings: settings(["weight"]), held });
  for (const payload of documents(view).values()) expect(payload).not.toMatch(/79\.3|79\.8|80\.1|26\.5|"?-0\.8|:75/);
  expect(parsed(view, "state")).toMatchObject({ bmi: null, change: null, trend: null, target: null, to_target: null });
  expect(parsed(view, "held")).toMatchObject({ count: 1, newest: { weigh_in: 7, weight: null } });
  const event = JSON.parse(eventMessage(topics, view.settings, weighInEvent).payload);
  expect(event).toMatchObject({ event_type: "weigh_in", fat_ratio: 17.8, bmi: null, to_target: null });
  expect(event).not.toHaveProperty("weight");
});

test("a derived value is excluded alone, but that a target takes the distance to it along", () => {
  const view = viewOf(knownState, { settings: settings(["bmi", "target"]) });
  expect(parsed(view, "state")).toMatchObject({ weight: 79.3, bmi: null, trend: 79.8, target: null, to_target: null });
  expect(parsed(view, "target")).toMatchObject({ values: {}, set_at: null });
});

test("a measurement or a target of which nothing is left is no event; a weigh-in always is", () => {
  const event = (kind: PersonEvent["kind"], values: Readonly<Record<string, number>>) => ({
    ...weighInEvent,
    kind,
    values,
  });
  const exclude = { exclude: ["heart_pulse", "weight"] };
  expect(isEventPublished(event("measurement", { heart_pulse: 60 }), exclude)).toBe(false);
  expect(isEventPublished(event("measurement", { heart_pulse: 60, spo2: 98 }), exclude)).toBe(true);
  expect(isEventPublished(event("target_set", { weight: 70 }), exclude)).toBe(false);
  expect(isEventPublished(event("target_set", { fat_ratio: 20 }), { exclude: ["target"] })).toBe(false);
  expect(isEventPublished(event("weigh_in", { weight: 70 }), exclude)).toBe(true);
  expect(isEventPublished(event("profile_updated", {}), exclude)).toBe(true);
});

test("gender and birth date are published by choice only, in the profile and in its event", () => {
  const profile = { firstName: "Ada", gender: "female", birthDate: 211_629_600, isSharing: true } as const;
  const event: PersonEvent = { ...weighInEvent, kind: "profile_updated", subjectId: null, values: {}, profile };
  const told = (publish_profile?: boolean) => {
    const view = viewOf(
      { ...knownState, profile },
      { settings: { ...settings([]), ...(publish_profile && { publish_profile }) } },
    );
    return [parsed(view, "profile"), JSON.parse(eventMessage(topics, view.settings, event).payload).profile];
  };
  for (const one of told()) {
    expect(one).toMatchObject({ first_name: "Ada", is_sharing: true });
    expect(Object.keys(one)).not.toEqual(expect.arrayContaining(["gender"]));
    expect(one).not.toHaveProperty("birth_date");
  }
  for (const one of told(true)) expect(one).toMatchObject({ gender: "female", birth_date: "1976-09-15" });
});

test("Home Assistant drops the entities of excluded measures, and hears of the others", () => {
  const ada = { slug: "ada", account: "wbs:29", name: "Ada", weightUnit: "kg", seen: ["heart_pulse"] } as const;
  const common = { prefix: "homeassistant", topics, baseTopic: "weighbridge", version: "1" };
  const person = { ...ada, exclude: ["heart_pulse", "bmi"] };
  const [, device] = discoveryMessages({ ...common, style: "device" }, [person]);
  const { components } = JSON.parse(device?.payload ?? "");
  expect(components).toMatchObject({ heart_pulse: { platform: "sensor" }, bmi: { platform: "sensor" } });
  expect([Object.keys(components.heart_pulse), Object.keys(components.bmi)]).toEqual([["platform"], ["platform"]]);
  expect(components.weight).toHaveProperty("unique_id");
  const parts = discoveryMessages({ ...common, style: "components" }, [person]).map(({ topic }) => topic.split("/")[3]);
  expect(parts).toContain("weight");
  expect(parts).not.toContain("heart_pulse");
  expect(parts).not.toContain("bmi");
});
