import {
  type Derived,
  type PersonEvent,
  type Profile,
  type ProfileDocument,
  profileDocument,
  typeOfKey,
} from "@weighbridge/core";
import { DERIVED_KEYS } from "../config/measure-key.ts";

/** The part of a person's settings that keeps something back. */
export interface Discretion {
  readonly exclude?: readonly string[];
  readonly publish_profile?: boolean;
}

/** Says of a measure key or a derived key whether it is published. An excluded type takes its segments along, and a weight what follows from it. */
export function publishedKeys({ exclude = [] }: Discretion): (key: string) => boolean {
  const excluded = new Set<string>(exclude);
  if (excluded.has("weight")) for (const key of DERIVED_KEYS) excluded.add(key);
  // The distance to a target tells it.
  if (excluded.has("target")) excluded.add("to_target");
  return (key) => !excluded.has(key) && !excluded.has(typeOfKey(key));
}

/** Only what is published of these values. */
export function publishedOf<V>(values: Readonly<Record<string, V>>, discretion: Discretion): Record<string, V> {
  const isPublished = publishedKeys(discretion);
  return Object.fromEntries(Object.entries(values).filter(([key]) => isPublished(key)));
}

/** A profile without gender and birth date where the household does not publish them. */
export type PublishedProfile = Omit<ProfileDocument, "gender" | "birth_date"> &
  Partial<Pick<ProfileDocument, "gender" | "birth_date">>;

export function publishedProfile(profile: Profile | null, { publish_profile }: Discretion): PublishedProfile {
  const { gender, birth_date, ...others } = profileDocument(profile);
  return publish_profile ? { ...others, gender, birth_date } : others;
}

const WITHOUT_WEIGH_IN: ReadonlySet<PersonEvent["kind"]> = new Set(["measurement", "target_set"]);

/** False for a measurement or a target of which everything is excluded. A weigh-in is always told, with or without its weight. */
export function isEventPublished({ kind, values }: PersonEvent, discretion: Discretion): boolean {
  if (!WITHOUT_WEIGH_IN.has(kind)) return true;
  const isPublished = publishedKeys(discretion);
  if (kind === "target_set" && !isPublished("target")) return false;
  const keys = Object.keys(values);
  return keys.length === 0 || keys.some(isPublished);
}

/** The event with what is published of it. Its id stays that of the whole event. */
export const publishedEvent = (event: PersonEvent, discretion: Discretion): PersonEvent => ({
  ...event,
  values: publishedOf(event.values, discretion),
  derived: publishedDerived(event.derived, publishedKeys(discretion)),
});

export function publishedDerived(
  { bmi, change, trend, toTarget }: Derived,
  isPublished: (key: string) => boolean,
): Derived {
  return {
    bmi: isPublished("bmi") ? bmi : null,
    change: isPublished("change") ? change : null,
    trend: isPublished("trend") ? trend : null,
    toTarget: isPublished("to_target") ? toTarget : null,
  };
}
