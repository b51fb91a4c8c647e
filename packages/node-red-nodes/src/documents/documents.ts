import {
  type EpochSeconds,
  type ListedSubscription,
  type MeasureGroup,
  measureType,
  type PersonEvent,
  type Profile,
  type Subscription,
  type WeightUnit,
} from "@weighbridge/core";
import type { AccountUser } from "../account/account-api.ts";
import { massIn, valuesIn } from "./masses.ts";

/** In every event; grows when a flow must change. */
const SCHEMA = 1;

export const iso = (seconds: EpochSeconds): string => new Date(seconds * 1000).toISOString();
const isoOrNull = (seconds: EpochSeconds | undefined) => (seconds === undefined ? null : iso(seconds));

/** Whom an event is about, and the unit of the masses in it. */
export interface EventFrame {
  readonly person: string;
  readonly userId: string;
  readonly unit: WeightUnit;
}

/** One event as a message's payload. Fields that cannot be known are null. */
export function eventDocument(event: PersonEvent, { person, userId, unit }: EventFrame): Record<string, unknown> {
  const { id, kind, subjectId, measuredAt, recordedAt, backdated, attribution, values, derived, comment, profile } =
    event;
  const mass = (kilograms: number | null) => (kilograms === null ? null : massIn(unit, kilograms));
  return {
    schema: SCHEMA,
    event_type: kind,
    event_id: id,
    person,
    userid: userId,
    weigh_in: subjectId,
    measured_at: iso(measuredAt),
    recorded_at: iso(recordedAt),
    backdated,
    attribution: attribution?.name ?? null,
    attribution_code: attribution?.code ?? null,
    unit,
    ...valuesIn(unit, values),
    bmi: derived.bmi,
    change: mass(derived.change),
    trend: mass(derived.trend),
    to_target: mass(derived.toTarget),
    ...(comment === undefined ? {} : { comment }),
    ...(profile === undefined ? {} : { profile: profileDocument(profile) }),
  };
}

export function groupDocument({ id, attribution, measuredAt, category, measures, comment }: MeasureGroup) {
  return {
    id,
    measured_at: iso(measuredAt),
    attribution: attribution.name,
    attribution_code: attribution.code,
    category: category.name,
    category_code: category.code,
    values: Object.fromEntries(measures.map((measure) => [keyOf(measure), measure.value])),
    measures: measures.map((measure) => ({ ...measure, unit: measureType(measure.code).unit })),
    ...(comment === undefined ? {} : { comment }),
  };
}

const keyOf = ({ type, position }: { readonly type: string; readonly position?: number }) =>
  position === undefined ? type : `${type}_${position}`;

/** The newest value of each type, and when it was measured. Targets are no values. */
export function latestDocument(groups: readonly MeasureGroup[]): Record<string, unknown> {
  const values: Record<string, number> = {};
  const measuredAt: Record<string, string> = {};
  const newestFirst = groups
    .filter(({ category }) => category.name !== "target")
    .toSorted((a, b) => b.measuredAt - a.measuredAt || b.id - a.id);
  for (const group of newestFirst)
    for (const measure of group.measures) {
      const key = keyOf(measure);
      if (key in values) continue;
      values[key] = measure.value;
      measuredAt[key] = iso(group.measuredAt);
    }
  return { ...values, measured_at: measuredAt };
}

export function profileDocument({ firstName, lastName, shortName, gender, birthDate, isSharing }: Profile) {
  return {
    first_name: firstName ?? null,
    last_name: lastName ?? null,
    short_name: shortName ?? null,
    gender: gender ?? null,
    birth_date: isoOrNull(birthDate)?.slice(0, 10) ?? null,
    is_sharing: isSharing ?? null,
  };
}

export const userDocument = ({ userId, ...profile }: AccountUser) => ({ userid: userId, ...profileDocument(profile) });

export function subscriptionDocument({ callbackUrl, comment, expiresAt }: Subscription | ListedSubscription) {
  return { callback_url: callbackUrl ?? null, comment: comment ?? null, expires_at: isoOrNull(expiresAt) };
}
