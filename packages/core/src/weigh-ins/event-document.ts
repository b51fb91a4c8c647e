import { massIn, valuesIn } from "../domain/masses.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import type { Profile } from "../domain/profile.ts";
import type { WeightUnit } from "../domain/units.ts";
import type { Derived, EventKind, PersonEvent } from "../domain/weigh-in.ts";
import { LIMITS } from "../limits.ts";

/** Stands in every JSON document as `schema`; grows when a consumer must change. */
export const DOCUMENT_SCHEMA = 1;

/** 0001-01-01 to 9999-12-31: years of four digits, as readers of ISO 8601 expect them. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** As every document writes a time. A time beyond the range of dates becomes the nearest date: a stored value must not stop its publisher. */
export const isoTime = (seconds: EpochSeconds): string =>
  new Date(Math.max(FIRST_SECOND, Math.min(LAST_SECOND, seconds)) * 1000).toISOString();

/** A comment as documents carry it: cut, since the API bounds it nowhere and a broker refuses large messages. */
export const boundedComment = (comment: string): string => cut(comment, LIMITS.commentCharacters);

/** Cuts between code points. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Values as documents carry them: masses in the person's unit, and no more than fit into a message. Measures of the table go first. */
export function documentValues(
  unit: WeightUnit,
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const entries = Object.entries(values);
  if (entries.length <= LIMITS.documentValues) return valuesIn(unit, values);
  const isUnknown = ([key]: readonly [string, number]) => Number(key.startsWith("type_"));
  const kept = entries.toSorted((a, b) => isUnknown(a) - isUnknown(b)).slice(0, LIMITS.documentValues);
  return valuesIn(unit, Object.fromEntries(kept));
}

/** Derived values, the masses among them in the person's unit; null where they cannot be known. */
export interface DerivedDocument {
  readonly bmi: number | null;
  readonly change: number | null;
  readonly trend: number | null;
  readonly to_target: number | null;
}

export function derivedDocument(unit: WeightUnit, { bmi, change, trend, toTarget }: Derived): DerivedDocument {
  const mass = (kilograms: number | null) => (kilograms === null ? null : massIn(unit, kilograms));
  return { bmi, change: mass(change), trend: mass(trend), to_target: mass(toTarget) };
}

export interface ProfileDocument {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly short_name: string | null;
  readonly gender: "male" | "female" | null;
  /** `YYYY-MM-DD`. */
  readonly birth_date: string | null;
  readonly is_sharing: boolean | null;
}

/** A profile with null for what is not known. */
export function profileDocument(profile: Profile | null): ProfileDocument {
  const name = (text: string | undefined) => (text === undefined ? null : cut(text, LIMITS.nameCharacters));
  return {
    first_name: name(profile?.firstName),
    last_name: name(profile?.lastName),
    short_name: name(profile?.shortName),
    gender: profile?.gender ?? null,
    birth_date: profile?.birthDate === undefined ? null : isoTime(profile.birthDate).slice(0, 10),
    is_sharing: profile?.isSharing ?? null,
  };
}

/** An event as MQTT and flows carry it, beside one key for each measure value and the keys that name the person. */
export interface EventDocument extends DerivedDocument {
  readonly schema: typeof DOCUMENT_SCHEMA;
  readonly event_type: EventKind;
  readonly event_id: string;
  readonly weigh_in: number | null;
  readonly measured_at: string;
  readonly recorded_at: string;
  readonly backdated: boolean;
  readonly attribution: string | null;
  readonly attribution_code: number | null;
  readonly unit: WeightUnit;
  readonly comment?: string;
  readonly profile?: ProfileDocument;
}

/** `who` holds the keys that name the person; they stand behind `event_id`. */
export function eventDocument<Who extends object>(
  event: PersonEvent,
  { who, unit }: { readonly who: Who; readonly unit: WeightUnit },
): EventDocument & Who {
  const { id, kind, subjectId, measuredAt, recordedAt, backdated, attribution, values, derived, comment, profile } =
    event;
  return {
    schema: DOCUMENT_SCHEMA,
    event_type: kind,
    event_id: id,
    ...who,
    weigh_in: subjectId,
    measured_at: isoTime(measuredAt),
    recorded_at: isoTime(recordedAt),
    backdated,
    attribution: attribution?.name ?? null,
    attribution_code: attribution?.code ?? null,
    unit,
    ...documentValues(unit, values),
    ...derivedDocument(unit, derived),
    ...(comment === undefined ? {} : { comment: boundedComment(comment) }),
    ...(profile === undefined ? {} : { profile: profileDocument(profile) }),
  };
}
