import {
  type Device,
  type EpochSeconds,
  eventDocument,
  isoTime,
  type MeasureGroup,
  measureType,
  type PersonEvent,
  profileDocument,
  type Subscription,
  type WeightUnit,
} from "@weighbridge/core";
import type { AccountSubscription, AccountUser } from "../account/account-api.ts";

const isoOrNull = (seconds: EpochSeconds | undefined) => (seconds === undefined ? null : isoTime(seconds));

/** Whom an event is about, and the unit of the masses in it. */
export interface EventFrame {
  readonly person: string;
  readonly userId: string;
  readonly unit: WeightUnit;
}

/** One event as a message's payload. Fields that cannot be known are null. */
export const eventPayload = (event: PersonEvent, { person, userId, unit }: EventFrame) =>
  eventDocument(event, { who: { person, userid: userId }, unit });

export function groupDocument({ id, attribution, measuredAt, category, measures, comment }: MeasureGroup) {
  return {
    id,
    measured_at: isoTime(measuredAt),
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
      measuredAt[key] = isoTime(group.measuredAt);
    }
  return { ...values, measured_at: measuredAt };
}

export const userDocument = ({ userId, ...profile }: AccountUser) => ({ userid: userId, ...profileDocument(profile) });

/** `category` only where the API has one subscription for each. */
export function subscriptionDocument(subscription: Subscription | AccountSubscription) {
  const { callbackUrl, comment, expiresAt } = subscription;
  return {
    callback_url: callbackUrl ?? null,
    comment: comment ?? null,
    expires_at: isoOrNull(expiresAt),
    ...("category" in subscription && { category: subscription.category }),
    ...("lacking" in subscription && { lacking: subscription.lacking }),
  };
}

export const deviceDocument = ({ id, kind, model, modelId, battery, lastContactAt }: Device) => ({
  id,
  kind,
  model,
  model_id: modelId ?? null,
  battery: battery ?? null,
  last_contact_at: isoOrNull(lastContactAt),
});
