import {
  boundedComment,
  DOCUMENT_SCHEMA,
  derive,
  derivedDocument,
  eventDocument,
  isoTime,
  massIn,
  type PersonEvent,
  type PersonState,
  profileDocument,
  type SubscriptionReport,
  valueIn,
  valuesIn,
  type WeighIn,
  type WeightUnit,
} from "@weighbridge/core";
import type { Message } from "../store/store.ts";
import type { PersonTopics, Topics } from "./topics.ts";

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

/** Measures of everybody, so that a new person's device is complete before the first weigh-in. */
const BASE_MEASURES = ["weight", "fat_ratio", "fat_mass", "fat_free_mass", "height"] as const;

/** The keys of a person's state document, in a fixed order: base measures first, then whatever else was ever measured. */
export const advertisedKeys = (seen: readonly string[]): string[] => [...new Set([...BASE_MEASURES, ...seen])];

/** Everything retained of a person, by topic. Values that are not known are null: a missing key keeps an old value on a dashboard. */
export function documentsOf(topics: Topics, view: PersonView): Message[] {
  const { settings, state, subscription, isAvailable, problem } = view;
  const { weight_unit: unit, slug } = settings;
  const mine = topics.person(slug);
  const document = (topic: string, content: object): Message => ({
    topic,
    payload: JSON.stringify({ schema: DOCUMENT_SCHEMA, ...content }),
  });
  return [
    { topic: mine.availability, payload: isAvailable ? "online" : "offline" },
    document(mine.state, stateOf(view)),
    document(mine.lastWeighIn, state.lastWeighIn === null ? { weigh_in: null } : weighInOf(state.lastWeighIn, unit)),
    document(mine.target, targetOf(state, unit)),
    document(mine.profile, profileDocument(state.profile)),
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
    values[key] = known === undefined ? null : valueIn(unit, key, known.value);
    measuredAt[key] = known === undefined ? null : isoTime(known.measuredAt);
  }
  const { lastWeighIn, target } = state;
  return {
    person: slug,
    name,
    unit,
    ...values,
    ...derivedDocument(unit, derive(state)),
    target: target["weight"] === undefined ? null : massIn(unit, target["weight"].value),
    last_weigh_in: lastWeighIn === null ? null : isoTime(lastWeighIn.measuredAt),
    attribution: lastWeighIn?.attribution.name ?? null,
    measured_at: measuredAt,
  };
}

function weighInOf(weighIn: WeighIn, unit: WeightUnit): object {
  const { id, measuredAt, attribution, values, comment } = weighIn;
  return {
    weigh_in: id,
    measured_at: isoTime(measuredAt),
    attribution: attribution.name,
    attribution_code: attribution.code,
    unit,
    values: valuesIn(unit, values),
    ...(comment === undefined ? {} : { comment: boundedComment(comment) }),
  };
}

function targetOf({ target }: PersonState, unit: WeightUnit): object {
  const values = Object.fromEntries(Object.entries(target).map(([key, { value }]) => [key, value]));
  const setAt = Math.max(0, ...Object.values(target).map(({ measuredAt }) => measuredAt));
  return { unit, values: valuesIn(unit, values), set_at: setAt === 0 ? null : isoTime(setAt) };
}

/** Without the callback URL: its path is a secret. */
export function subscriptionOf(report: SubscriptionReport | null): object {
  if (report === null) return { status: "none", expires_at: null, checked_at: null, problem: null };
  const { status, expiresAt, checkedAt, problem } = report;
  const expires = expiresAt === undefined ? null : isoTime(expiresAt);
  // `made` and `renewed` tell of one moment; a retained document tells how it is.
  return {
    status: status === "failed" ? "failed" : "active",
    expires_at: expires,
    checked_at: isoTime(checkedAt),
    problem: problem ?? null,
  };
}

/** A plain number has no null: the topic of a value that is deleted is cleared. */
function measureDocuments(mine: PersonTopics, { settings, state, seen }: PersonView): Message[] {
  return seen.map((key) => {
    const known = state.latest[key];
    const payload = known === undefined ? "" : String(valueIn(settings.weight_unit, key, known.value));
    return { topic: mine.measure(key), payload };
  });
}

/** All kinds go to one topic, which is not retained: an event must not happen again because somebody subscribes. */
export function eventMessage(topics: Topics, settings: PersonSettings, event: PersonEvent): Message {
  const { weight_unit: unit, slug, name } = settings;
  const payload = eventDocument(event, { who: { person: slug, name }, unit });
  return { topic: topics.person(slug).weighIn, payload: JSON.stringify(payload) };
}
