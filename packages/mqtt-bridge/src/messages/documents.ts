import {
  type Derived,
  derive,
  kilogramsTo,
  measureTypes,
  type PersonEvent,
  type PersonState,
  type Profile,
  type SubscriptionReport,
  type WeighIn,
  type WeightUnit,
} from "@weighbridge/core";
import type { Message } from "../store/store.ts";
import type { PersonTopics, Topics } from "./topics.ts";

/** In every JSON document; grows when a consumer must change. */
const SCHEMA = 1;

/** What of the configuration a person's documents depend on. */
export interface PersonSettings {
  readonly slug: string;
  readonly name: string;
  readonly weight_unit: WeightUnit;
}

/** What is known of a person, as their documents tell it. */
export interface PersonView {
  readonly settings: PersonSettings;
  readonly state: PersonState;
  /** Measure keys that the person ever had. */
  readonly seen: readonly string[];
  readonly subscription: SubscriptionReport | null;
  /** Their account answers. */
  readonly isAvailable: boolean;
  /** What keeps it from answering. */
  readonly problem: Problem | null;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Measures that are told of everybody, so that a new person's device is complete before the first weigh-in. */
const BASE_MEASURES = ["weight", "fat_ratio", "fat_mass", "fat_free_mass", "height"] as const;

const DIGITS: Readonly<Record<WeightUnit, number>> = { kg: 3, lb: 2, st: 3 };
const KILOGRAM_TYPES: ReadonlySet<string> = new Set(
  [...measureTypes.values()].filter(({ unit }) => unit === "kg").map(({ id }) => id),
);

/** A measure's key without its position. */
export const typeOfKey = (key: string): string =>
  measureTypesById.has(key) || !/_\d+$/.test(key) || key.startsWith("type_") ? key : key.replace(/_\d+$/, "");
const measureTypesById: ReadonlySet<string> = new Set([...measureTypes.values()].map(({ id }) => id));

/** Whether the value is a mass, which is told in the person's own unit. */
export const isMass = (key: string): boolean => KILOGRAM_TYPES.has(typeOfKey(key));

/** The keys of a person's state document, in a fixed order: base measures first, then whatever else was ever measured. */
export const advertisedKeys = (seen: readonly string[]): string[] => [...new Set([...BASE_MEASURES, ...seen])];

/** As every document tells a time. */
export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** In the person's unit, without the noise of a conversion; exact where nothing is converted. */
function mass(unit: WeightUnit, kilograms: number): number {
  return unit === "kg" ? kilograms : Number(kilogramsTo(unit, kilograms).toFixed(DIGITS[unit]));
}

const inUnit = (unit: WeightUnit, key: string, value: number) => (isMass(key) ? mass(unit, value) : value);

function valuesInUnit(unit: WeightUnit, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, inUnit(unit, key, value)]));
}

const derivedInUnit = (unit: WeightUnit, { bmi, change, trend, toTarget }: Derived) => ({
  bmi,
  change: change === null ? null : mass(unit, change),
  trend: trend === null ? null : mass(unit, trend),
  to_target: toTarget === null ? null : mass(unit, toTarget),
});

/** Everything retained of a person, by topic. Values that are not known are null: a missing key keeps an old value on a dashboard. */
export function documentsOf(topics: Topics, view: PersonView): Message[] {
  const { settings, state, subscription, isAvailable, problem } = view;
  const { weight_unit: unit, slug } = settings;
  const mine = topics.person(slug);
  const document = (topic: string, content: object): Message => ({
    topic,
    payload: JSON.stringify({ schema: SCHEMA, ...content }),
  });
  return [
    { topic: mine.availability, payload: isAvailable ? "online" : "offline" },
    document(mine.state, stateOf(view)),
    document(mine.lastWeighIn, state.lastWeighIn === null ? { weigh_in: null } : weighInOf(state.lastWeighIn, unit)),
    document(mine.target, targetOf(state, unit)),
    document(mine.profile, profileOf(state.profile)),
    document(mine.subscription, { ...subscriptionOf(subscription), account_problem: problem }),
    ...measureDocuments(mine, view),
  ];
}

function stateOf({ settings, state, seen }: PersonView): object {
  const { weight_unit: unit, name, slug } = settings;
  const values: Record<string, number | null> = {};
  const measuredAt: Record<string, string | null> = {};
  for (const key of advertisedKeys(seen)) {
    const known = state.latest[key];
    values[key] = known === undefined ? null : inUnit(unit, key, known.value);
    measuredAt[key] = known === undefined ? null : iso(known.measuredAt);
  }
  const { lastWeighIn, target } = state;
  return {
    person: slug,
    name,
    unit,
    ...values,
    ...derivedInUnit(unit, derive(state)),
    target: target["weight"] === undefined ? null : mass(unit, target["weight"].value),
    last_weigh_in: lastWeighIn === null ? null : iso(lastWeighIn.measuredAt),
    attribution: lastWeighIn?.attribution.name ?? null,
    measured_at: measuredAt,
  };
}

function weighInOf(weighIn: WeighIn, unit: WeightUnit): object {
  const { id, measuredAt, attribution, values, comment } = weighIn;
  return {
    weigh_in: id,
    measured_at: iso(measuredAt),
    attribution: attribution.name,
    attribution_code: attribution.code,
    unit,
    values: valuesInUnit(unit, values),
    ...(comment === undefined ? {} : { comment }),
  };
}

function targetOf({ target }: PersonState, unit: WeightUnit): object {
  const values = Object.fromEntries(Object.entries(target).map(([key, { value }]) => [key, value]));
  const setAt = Math.max(0, ...Object.values(target).map(({ measuredAt }) => measuredAt));
  return { unit, values: valuesInUnit(unit, values), set_at: setAt === 0 ? null : iso(setAt) };
}

function profileOf(profile: Profile | null): object {
  return {
    first_name: profile?.firstName ?? null,
    last_name: profile?.lastName ?? null,
    short_name: profile?.shortName ?? null,
    gender: profile?.gender ?? null,
    birth_date: profile?.birthDate === undefined ? null : iso(profile.birthDate).slice(0, 10),
    is_sharing: profile?.isSharing ?? null,
  };
}

/** Without the callback URL: its path is a secret. */
export function subscriptionOf(report: SubscriptionReport | null): object {
  if (report === null) return { status: "none", expires_at: null, checked_at: null, problem: null };
  const { status, expiresAt, checkedAt, problem } = report;
  const expires = expiresAt === undefined ? null : iso(expiresAt);
  // `made` and `renewed` tell of one moment; a retained document tells how it is.
  return {
    status: status === "failed" ? "failed" : "active",
    expires_at: expires,
    checked_at: iso(checkedAt),
    problem: problem ?? null,
  };
}

/** A plain number has no null: the topic of a value that is deleted is cleared. */
function measureDocuments(mine: PersonTopics, { settings, state, seen }: PersonView): Message[] {
  return seen.map((key) => {
    const known = state.latest[key];
    const payload = known === undefined ? "" : String(inUnit(settings.weight_unit, key, known.value));
    return { topic: mine.measure(key), payload };
  });
}

/** All kinds go to one topic, which is not retained: an event must not happen again because somebody subscribes. */
export function eventMessage(topics: Topics, settings: PersonSettings, event: PersonEvent): Message {
  const { weight_unit: unit, slug, name } = settings;
  const { id, kind, subjectId, measuredAt, recordedAt, backdated, attribution, values, derived, comment, profile } =
    event;
  const payload = {
    schema: SCHEMA,
    event_type: kind,
    event_id: id,
    person: slug,
    name,
    weigh_in: subjectId,
    measured_at: iso(measuredAt),
    recorded_at: iso(recordedAt),
    backdated,
    attribution: attribution?.name ?? null,
    attribution_code: attribution?.code ?? null,
    unit,
    ...valuesInUnit(unit, values),
    ...derivedInUnit(unit, derived),
    ...(comment === undefined ? {} : { comment }),
    ...(profile === undefined ? {} : { profile: profileOf(profile) }),
  };
  return { topic: topics.person(slug).weighIn, payload: JSON.stringify(payload) };
}
