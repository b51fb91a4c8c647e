import {
  EVENT_KINDS,
  emptyPersonState,
  isMass,
  type LatestValue,
  type PersonEvent,
  typeOfKey,
  type WeighIn,
  type WeightUnit,
} from "@weighbridge/core";
import { expect, test } from "vitest";
import { documentsOf, eventMessage } from "../../src/messages/documents.ts";
import { advertisedKeys, type PersonView } from "../../src/messages/person-documents.ts";
import { topicsBelow } from "../../src/messages/topics.ts";
import type { Message } from "../../src/store/store.ts";
import { START } from "../support/open-store.ts";
import { knownState, stateWith, viewOf, weighInEvent } from "../support/person-view.ts";

const topics = topicsBelow("weighbridge");
const settings = (weight_unit: WeightUnit) => ({ slug: "ada", name: "Ada", weight_unit });

function payloads(view: PersonView): ReadonlyMap<string, string> {
  const messages = documentsOf(topics, view);
  expect(new Set(messages.map(({ topic }) => topic)).size, "a topic twice").toBe(messages.length);
  return new Map(messages.map(({ topic, payload }) => [topic.replace("weighbridge/people/ada/", ""), payload]));
}
const document = (view: PersonView, name: string) => JSON.parse(payloads(view).get(name) as string);

test("every document of a person is below their topic, and every JSON document has a schema", () => {
  for (const { topic, payload } of documentsOf(topics, viewOf(knownState))) {
    expect(topic).toMatch(/^weighbridge\/people\/ada\/[a-z_/]+$/);
    if (payload.startsWith("{")) expect(JSON.parse(payload)).toMatchObject({ schema: 1 });
  }
});

const other = stateWith({ weight: 78, fat_ratio: 17.8 });
test.each<[string, Partial<PersonView>, readonly string[]]>([
  ["nothing", {}, []],
  ["the account", { isAvailable: false }, ["availability"]],
  [
    "a weight",
    { state: { ...knownState, latest: { ...knownState.latest, weight: other.latest["weight"] as LatestValue } } },
    ["state", "measure/weight"],
  ],
  ["a weight that is the same again", { state: { ...knownState, latest: { ...knownState.latest } } }, ["state"]],
  [
    "a deleted weight",
    { state: { ...knownState, latest: {} } },
    ["state", "measure/weight", "measure/fat_ratio", "measure/height"],
  ],
  [
    "the measures that were ever seen",
    { seen: ["weight", "fat_ratio", "height", "heart_pulse"] },
    ["state", "measure/weight", "measure/fat_ratio", "measure/height", "measure/heart_pulse"],
  ],
  ["the last weigh-in", { state: { ...knownState, lastWeighIn: null } }, ["state", "last_weigh_in"]],
  ["the target", { state: { ...knownState, target: {} } }, ["state", "target"]],
  ["the profile", { state: { ...knownState, profile: null } }, ["state", "profile"]],
  ["what is held", { held: { count: 1, newest: [] } }, ["held"]],
  [
    "the subscription",
    { subscription: { callbackUrl: "http://a/", status: "made", checkedAt: START, nextCheckAt: START } },
    ["subscription"],
  ],
  ["the devices", { devices: [] }, ["devices"]],
])("of a view in which %s changed, only what depends on it is made again", (_what, change, names) => {
  const before = viewOf(knownState);
  const after = { ...before, ...change };
  const changed = documentsOf(topics, after, before);
  expect(changed.map(({ topic }) => topic.replace("weighbridge/people/ada/", ""))).toEqual(names);
  const byTopic = (messages: readonly Message[]) => messages.map(({ topic, payload }) => [topic, payload] as const);
  const whole = new Map([...byTopic(documentsOf(topics, before)), ...byTopic(changed)]);
  expect(whole).toEqual(new Map(byTopic(documentsOf(topics, after))));
});

test("all topics follow the base topic", () => {
  const messages = documentsOf(topicsBelow("home/scales"), viewOf(knownState));
  for (const { topic } of messages) expect(topic).toMatch(/^home\/scales\/people\/ada\//);
});

test("of a person without a measure every advertised key is there, and null", () => {
  const state = document(viewOf(emptyPersonState()), "state");
  const nothing = { weight: null, fat_ratio: null, fat_mass: null, fat_free_mass: null, height: null };
  expect(state).toEqual({
    schema: 1,
    person: "ada",
    name: "Ada",
    unit: "kg",
    ...nothing,
    bmi: null,
    change: null,
    trend: null,
    to_target: null,
    target: null,
    last_weigh_in: null,
    attribution: null,
    measured_at: nothing,
  });
});

test("the state has each value with its own time", () => {
  expect(document(viewOf(knownState), "state")).toMatchObject({
    weight: 79.3,
    fat_ratio: 17.8,
    fat_mass: null,
    height: 1.73,
    bmi: 26.5,
    change: -0.8,
    trend: 79.8,
    target: 75,
    to_target: 4.3,
    last_weigh_in: "2026-03-01T07:00:00.000Z",
    attribution: "device",
    measured_at: {
      weight: "2026-03-01T07:00:00.000Z",
      fat_ratio: "2026-02-28T07:00:00.000Z",
      height: "2026-02-27T07:00:00.000Z",
      fat_mass: null,
    },
  });
});

test("a key stays when its last value is deleted", () => {
  const view = viewOf(stateWith({ weight: 80 }), { seen: ["weight", "heart_pulse", "type_99"] });
  expect(document(view, "state")).toMatchObject({ weight: 80, heart_pulse: null, type_99: null });
  expect(advertisedKeys(view.seen).slice(-2)).toEqual(["heart_pulse", "type_99"]);
});

test("the plain number of a deleted value is cleared, and one that never was is not mentioned", () => {
  const view = viewOf(stateWith({ weight: 80.05 }), { seen: ["weight", "heart_pulse"] });
  const measures = [...payloads(view)].filter(([topic]) => topic.startsWith("measure/"));
  expect(measures).toEqual([
    ["measure/weight", "80.05"],
    ["measure/heart_pulse", ""],
  ]);
});

test("an unknown measure type and a body position pass through", () => {
  const state = stateWith({ type_99: 1.5, segmental_fat_mass_3: 4.25 });
  expect(document(viewOf(state), "state")).toMatchObject({ type_99: 1.5, segmental_fat_mass_3: 4.25 });
  expect(["type_99", "segmental_fat_mass_3", "weight"].map(typeOfKey)).toEqual([
    "type_99",
    "segmental_fat_mass",
    "weight",
  ]);
});

test.each([
  ["kg", 79.3, 75, -0.8],
  ["lb", 174.83, 165.35, -1.76],
  ["st", 12.488, 11.81, -0.126],
] as const)("in %s every mass is converted and nothing else", (unit, weight, target, change) => {
  const view = viewOf(knownState, { settings: settings(unit) });
  expect(document(view, "state")).toMatchObject({ unit, weight, target, change, fat_ratio: 17.8, height: 1.73 });
  expect(document(view, "last_weigh_in")).toMatchObject({ unit, values: { weight, fat_ratio: 17.8 } });
  expect(document(view, "target")).toMatchObject({ unit, values: { weight: target } });
  expect(payloads(view).get("measure/weight")).toBe(String(weight));
  const event = JSON.parse(eventMessage(topics, settings(unit), weighInEvent).payload);
  expect(event).toMatchObject({ unit, weight, change, fat_ratio: 17.8, bmi: 26.5 });
});

test("kilograms come out as they were measured, whatever their digits", () => {
  const told = (kilograms: number) => payloads(viewOf(stateWith({ weight: kilograms }))).get("measure/weight");
  const wrong: number[] = [];
  for (let grams = 30_000; grams <= 150_000; grams += 7) {
    const kilograms = Number(`${Math.floor(grams / 1000)}.${String(grams % 1000).padStart(3, "0")}`);
    if (told(kilograms) !== String(kilograms)) wrong.push(kilograms);
  }
  expect(wrong).toEqual([]);
});

test("masses are told from other values by their type, whatever their position", () => {
  expect(["weight", "segmental_fat_mass_3", "fat_ratio", "type_99"].map(isMass)).toEqual([true, true, false, false]);
});

test("the last weigh-in tells its id, time, attribution, values and comment; without one it says so", () => {
  expect(document(viewOf(knownState), "last_weigh_in")).toEqual({
    schema: 1,
    weigh_in: 2909,
    measured_at: "2026-03-01T07:00:00.000Z",
    attribution: "device",
    attribution_code: 0,
    unit: "kg",
    values: { weight: 79.3, fat_ratio: 17.8 },
    comment: "after breakfast",
  });
  expect(document(viewOf(emptyPersonState()), "last_weigh_in")).toEqual({ schema: 1, weigh_in: null });
});

test("a comment and the names of a profile are cut, so that a broker takes the document", () => {
  const comment = `${"x".repeat(998)}😀${"y".repeat(200_000)}`;
  const cut = `${"x".repeat(998)}…`;
  const lastWeighIn = { ...(knownState.lastWeighIn as WeighIn), comment };
  const profile = { firstName: "é".repeat(5_000) };
  const view = viewOf({ ...knownState, lastWeighIn, profile });
  expect(document(view, "last_weigh_in")["comment"]).toBe(cut);
  expect(document(view, "profile")["first_name"]).toBe(`${"é".repeat(199)}…`);
  const event = { ...weighInEvent, comment, profile };
  const { payload } = eventMessage(topics, settings("kg"), event);
  expect(JSON.parse(payload)["comment"]).toBe(cut);
  expect(payload.length).toBeLessThan(3_000);
});

test("a hundred thousand measures in one weigh-in make no large document, and the known ones stay", () => {
  const values: Record<string, number> = {};
  for (let code = 1_000; code < 101_000; code++) values[`type_${code}`] = 1;
  values["weight"] = 80;
  const event = JSON.parse(eventMessage(topics, settings("kg"), { ...weighInEvent, values }).payload);
  expect(event).toMatchObject({ weight: 80, type_1000: 1 });
  expect(Object.keys(event).length).toBeLessThan(230);
  const view = viewOf({ ...knownState, lastWeighIn: { ...(knownState.lastWeighIn as WeighIn), values } });
  expect(document(view, "last_weigh_in").values).toMatchObject({ weight: 80 });
  expect(payloads(view).get("last_weigh_in")?.length).toBeLessThan(10_000);
});

test("a stored time that no date can show stops no document", () => {
  const profile = { birthDate: 9e15 };
  const lastWeighIn = { ...(knownState.lastWeighIn as WeighIn), measuredAt: -9e15 };
  expect(() => documentsOf(topics, viewOf({ ...knownState, lastWeighIn, profile }))).not.toThrow();
  expect(() => eventMessage(topics, settings("kg"), { ...weighInEvent, measuredAt: 9e15 })).not.toThrow();
});

test("a target tells since when; a profile tells a date of birth without a time", () => {
  expect(document(viewOf(knownState), "target")).toMatchObject({ set_at: "2026-01-30T07:00:00.000Z" });
  expect(document(viewOf(emptyPersonState()), "target")).toMatchObject({ values: {}, set_at: null });
  const open = { ...settings("kg"), publish_profile: true };
  expect(document(viewOf(knownState, { settings: open }), "profile")).toMatchObject({
    first_name: "Ada",
    last_name: null,
    gender: "female",
    birth_date: "1976-09-15",
    is_sharing: true,
  });
});

test("held weigh-ins tell how many, the newest with weight and time, and who else is here", () => {
  const others = [{ person: "ben", name: "Ben" }];
  const newest = [
    { id: 8, measuredAt: START + 60, values: { weight: 80, fat_ratio: 18 } },
    { id: 7, measuredAt: START, values: { weight: 79.3 } },
  ];
  const view = viewOf(knownState, { settings: settings("lb"), held: { count: 2, newest }, others });
  const eighth = { weigh_in: 8, measured_at: "2026-03-01T07:01:00.000Z", weight: 176.37 };
  expect(document(view, "held")).toEqual({
    schema: 1,
    count: 2,
    unit: "lb",
    newest: eighth,
    weigh_ins: [eighth, { weigh_in: 7, measured_at: "2026-03-01T07:00:00.000Z", weight: 174.83 }],
    others,
  });
  const nothing = { count: 0, newest: null, weigh_ins: [], others: [] };
  expect(document(viewOf(knownState, { others }), "held")).toMatchObject(nothing);
});

test("a person is available while their account answers", () => {
  expect(payloads(viewOf(knownState)).get("availability")).toBe("online");
  expect(payloads(viewOf(knownState, { isAvailable: false })).get("availability")).toBe("offline");
});

test("a subscription is none, active or failed, with its end", () => {
  const report = { callbackUrl: "http://a.example/x", checkedAt: START, nextCheckAt: START + 1 };
  const told = (subscription: PersonView["subscription"]) =>
    document(viewOf(knownState, { subscription }), "subscription");
  expect(told(null)).toMatchObject({ status: "none", expires_at: null, problem: null });
  for (const status of ["made", "renewed", "active"] as const)
    expect(told({ ...report, status, expiresAt: START + 60 })).toMatchObject({
      status: "active",
      expires_at: "2026-03-01T07:01:00.000Z",
      problem: null,
    });
  // A store of an earlier version may hold what is no date.
  expect(told({ ...report, status: "active", expiresAt: 9e12 }).expires_at).toMatch(/^9999-12-31/);
  const problem = { code: "callback_refused", message: "m", remedy: "r" };
  expect(told({ ...report, status: "failed", problem })).toMatchObject({ status: "failed", problem });
});

test("no document holds the callback URL, whose path is a secret", () => {
  const subscription = {
    status: "active" as const,
    callbackUrl: "http://a.example/secretpath",
    checkedAt: START,
    nextCheckAt: START,
  };
  for (const { payload } of documentsOf(topics, viewOf(knownState, { subscription })))
    expect(payload).not.toContain("secretpath");
});

test("an event is one flat document on the topic of the person's weigh-ins", () => {
  const { topic, payload } = eventMessage(topics, settings("kg"), weighInEvent);
  expect(topic).toBe("weighbridge/people/ada/weigh_in");
  expect(JSON.parse(payload)).toEqual({
    schema: 1,
    event_type: "weigh_in",
    event_id: "e1",
    person: "ada",
    name: "Ada",
    weigh_in: 2909,
    measured_at: "2026-03-01T07:00:00.000Z",
    recorded_at: "2026-03-01T07:00:04.000Z",
    backdated: false,
    attribution: "device",
    attribution_code: 0,
    unit: "kg",
    weight: 79.3,
    fat_ratio: 17.8,
    bmi: 26.5,
    change: -0.8,
    trend: 79.8,
    to_target: 4.3,
  });
});

test("an event of a profile tells it with the names of the profile document", () => {
  const profile = { firstName: "Ada", gender: "female", birthDate: 211_629_600, isSharing: false } as const;
  const event: PersonEvent = { ...weighInEvent, kind: "profile_updated", subjectId: null, values: {}, profile };
  const { schema: _schema, ...retained } = document(viewOf({ ...knownState, profile }), "profile");
  expect(JSON.parse(eventMessage(topics, settings("kg"), event).payload)["profile"]).toEqual(retained);
  expect(retained).toMatchObject({ first_name: "Ada", short_name: null, is_sharing: false });
});

test("every kind of event is told in the same form, also without attribution, values or subject", () => {
  const bare = { subjectId: null, attribution: null, values: {} };
  const derived = { bmi: null, change: null, trend: null, toTarget: null };
  for (const kind of EVENT_KINDS) {
    const { topic, payload } = eventMessage(topics, settings("lb"), { ...weighInEvent, ...bare, derived, kind });
    expect(topic).toBe("weighbridge/people/ada/weigh_in");
    expect(JSON.parse(payload)).toMatchObject({
      event_type: kind,
      weigh_in: null,
      attribution: null,
      bmi: null,
      change: null,
    });
  }
});
