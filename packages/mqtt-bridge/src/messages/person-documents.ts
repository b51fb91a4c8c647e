import {
  boundedComment,
  type DerivedDocument,
  type Device,
  DOCUMENT_SCHEMA,
  derive,
  derivedDocument,
  documentValues,
  isoTime,
  massIn,
  type PersonState,
  type Problem,
  type SubscriptionReport,
  valueIn,
  type WeightUnit,
} from "@weighbridge/core";
import type { HeldWeighIn, HeldWeighIns } from "../store/store.ts";
import { type Discretion, publishedDerived, publishedKeys, publishedOf } from "./published-keys.ts";

/** Stands first in every JSON document. */
export interface Document {
  readonly schema: typeof DOCUMENT_SCHEMA;
}

/** The keys that name the person. */
export interface PersonKeys {
  readonly person: string;
  readonly name: string;
}

/** The facts of the state document; each measure of the person has a key of its own beside them. */
export interface StateDocument extends Document, PersonKeys, DerivedDocument {
  readonly unit: WeightUnit;
  readonly target: number | null;
  readonly last_weigh_in: string | null;
  readonly attribution: string | null;
  readonly measured_at: Readonly<Record<string, string | null>>;
}

export type LastWeighInDocument = Document &
  (
    | { readonly weigh_in: null }
    | {
        readonly weigh_in: number;
        readonly measured_at: string;
        readonly attribution: string;
        readonly attribution_code: number;
        readonly unit: WeightUnit;
        readonly values: Readonly<Record<string, number>>;
        readonly comment?: string;
      }
  );

export interface TargetDocument extends Document {
  readonly unit: WeightUnit;
  readonly values: Readonly<Record<string, number>>;
  readonly set_at: string | null;
}

export interface SubscriptionDocument extends Document {
  readonly status: "none" | "active" | "failed";
  readonly expires_at: string | null;
  readonly checked_at: string | null;
  readonly problem: Problem | null;
}

/** A device of a person, of today's API. */
interface DeviceDocument {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly battery: "high" | "medium" | "low" | null;
  readonly last_contact: string | null;
}

/** The scale stands beside the list, for consumers that look at one thing: of several, the one in contact last. */
export interface DevicesDocument extends Document {
  readonly scale: DeviceDocument | null;
  readonly devices: readonly DeviceDocument[];
}

/** How a person stands, as the bridge sees it. */
export interface StatusDocument extends Document {
  readonly problem: Problem | null;
  readonly last_poll: string | null;
  readonly next_poll: string | null;
  readonly last_weigh_in: string | null;
}

/** A weigh-in that waits for a verdict. */
interface HeldWeighInDocument {
  readonly weigh_in: number;
  readonly measured_at: string;
  /** Null where the weight is excluded. */
  readonly weight: number | null;
}

/** The newest one stands beside the list, for consumers that look at one thing. */
export interface HeldDocument extends Document {
  readonly count: number;
  readonly unit: WeightUnit;
  readonly newest: HeldWeighInDocument | null;
  /** The newest first; of many the first. */
  readonly weigh_ins: readonly HeldWeighInDocument[];
  /** Other people of the household whose they could be; nobody where nothing is held, and of many the first. */
  readonly others: readonly PersonKeys[];
}

/** The part of the configuration that a person's documents depend on. */
export interface PersonSettings extends Discretion {
  readonly slug: string;
  readonly name: string;
  readonly weight_unit: WeightUnit;
}

/** The input of a person's documents. */
export interface PersonView {
  readonly settings: PersonSettings;
  readonly state: PersonState;
  /** Measure keys that the person ever had. */
  readonly seen: readonly string[];
  readonly subscription: SubscriptionReport | null;
  /** Undefined where nobody knows them, as at the original API. */
  readonly devices?: readonly Device[] | undefined;
  readonly held: HeldWeighIns;
  /** The rest of the household. */
  readonly others: readonly PersonKeys[];
  /** Their account answers. */
  readonly isAvailable: boolean;
}

/** Measures of everybody, so that a new person's device is complete before the first weigh-in. */
const BASE_MEASURES = ["weight", "fat_ratio", "fat_mass", "fat_free_mass", "height"] as const;

/** The keys of a person's state document, in a fixed order: base measures first, then whatever else was ever measured. */
export const advertisedKeys = (seen: readonly string[]): string[] => [...new Set([...BASE_MEASURES, ...seen])];

export function stateOf({ settings, state, seen }: Pick<PersonView, "settings" | "state" | "seen">): StateDocument {
  const { weight_unit: unit, name, slug } = settings;
  const values: Record<string, number | null> = {};
  const measuredAt: Record<string, string | null> = {};
  const isPublished = publishedKeys(settings);
  for (const key of advertisedKeys(seen).filter(isPublished)) {
    const known = state.latest[key];
    values[key] = known === undefined ? null : valueIn(unit, key, known.value);
    measuredAt[key] = known === undefined ? null : isoTime(known.measuredAt);
  }
  const { lastWeighIn, target } = state;
  return {
    schema: DOCUMENT_SCHEMA,
    person: slug,
    name,
    unit,
    ...values,
    ...derivedDocument(unit, publishedDerived(derive(state), isPublished)),
    target: target["weight"] === undefined || !isPublished("target") ? null : massIn(unit, target["weight"].value),
    last_weigh_in: lastWeighIn === null ? null : isoTime(lastWeighIn.measuredAt),
    attribution: lastWeighIn?.attribution.name ?? null,
    measured_at: measuredAt,
  };
}

export function lastWeighInOf({ lastWeighIn }: PersonState, settings: PersonSettings): LastWeighInDocument {
  const { weight_unit: unit } = settings;
  if (lastWeighIn === null) return { schema: DOCUMENT_SCHEMA, weigh_in: null };
  const { id, measuredAt, attribution, values, comment } = lastWeighIn;
  return {
    schema: DOCUMENT_SCHEMA,
    weigh_in: id,
    measured_at: isoTime(measuredAt),
    attribution: attribution.name,
    attribution_code: attribution.code,
    unit,
    values: documentValues(unit, publishedOf(values, settings)),
    ...(comment === undefined ? {} : { comment: boundedComment(comment) }),
  };
}

export function targetOf({ target }: PersonState, settings: PersonSettings): TargetDocument {
  const { weight_unit: unit } = settings;
  const published = publishedKeys(settings)("target") ? publishedOf(target, settings) : {};
  const values = Object.fromEntries(Object.entries(published).map(([key, { value }]) => [key, value]));
  const setAt = Math.max(0, ...Object.values(published).map(({ measuredAt }) => measuredAt));
  return {
    schema: DOCUMENT_SCHEMA,
    unit,
    values: documentValues(unit, values),
    set_at: setAt === 0 ? null : isoTime(setAt),
  };
}

export function heldOf({ settings, held, others }: PersonView): HeldDocument {
  const { weight_unit: unit } = settings;
  const isWeightPublished = publishedKeys(settings)("weight");
  const weighIns = held.newest.map(({ id, measuredAt, values }: HeldWeighIn) => ({
    weigh_in: id,
    measured_at: isoTime(measuredAt),
    weight: isWeightPublished && values["weight"] !== undefined ? massIn(unit, values["weight"]) : null,
  }));
  return {
    schema: DOCUMENT_SCHEMA,
    count: held.count,
    unit,
    newest: weighIns[0] ?? null,
    weigh_ins: weighIns,
    others: held.count === 0 ? [] : others,
  };
}

const SCALE = "Scale";

export function devicesOf(devices: readonly Device[]): DevicesDocument {
  const newest = (a: Device, b: Device) => (b.lastContactAt ?? 0) - (a.lastContactAt ?? 0);
  const [scale] = devices.filter(({ kind }) => kind === SCALE).toSorted(newest);
  return {
    schema: DOCUMENT_SCHEMA,
    scale: scale === undefined ? null : deviceDocument(scale),
    devices: devices.map(deviceDocument),
  };
}

const deviceDocument = ({ id, kind, model, battery, lastContactAt }: Device): DeviceDocument => ({
  ...{ id, kind, model, battery: battery ?? null },
  last_contact: lastContactAt === undefined ? null : isoTime(lastContactAt),
});

/** Without the callback URL: its path is a secret. */
export function subscriptionOf(report: SubscriptionReport | null): SubscriptionDocument {
  if (report === null)
    return { schema: DOCUMENT_SCHEMA, status: "none", expires_at: null, checked_at: null, problem: null };
  const { status, expiresAt, checkedAt, problem } = report;
  const expires = expiresAt === undefined ? null : isoTime(expiresAt);
  // `made` and `renewed` are of one moment; a retained document says how it stands.
  return {
    schema: DOCUMENT_SCHEMA,
    status: status === "failed" ? "failed" : "active",
    expires_at: expires,
    checked_at: isoTime(checkedAt),
    problem: problem ?? null,
  };
}
