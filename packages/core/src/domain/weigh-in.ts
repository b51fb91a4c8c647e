import type { EpochSeconds } from "./measure-group.ts";
import type { Profile } from "./profile.ts";

/** The treatment of a weigh-in that may be somebody else's (attribution 1). */
export type AmbiguousPolicy = "hold" | "accept" | "ignore";

/** The decision of a household about an ambiguous weigh-in. */
export type Verdict = "claimed" | "refused";

/** The newest value of a measure type (and body position), with its own time. */
export interface LatestValue {
  readonly type: string;
  readonly code: number;
  readonly value: number;
  readonly position?: number;
  readonly measuredAt: EpochSeconds;
  /** 0 for a goal of the profile, which no group holds. */
  readonly groupId: number;
}

/** A group with a weight, plus the person's other groups within 60 s of it. Its id is the id of the group with the weight. */
export interface WeighIn {
  readonly id: number;
  readonly measuredAt: EpochSeconds;
  readonly attribution: { readonly code: number; readonly name: string };
  /** By measure type id (`weight`, `fat_ratio`, `type_99`; `<type>_<position>` for segments). */
  readonly values: Readonly<Record<string, number>>;
  readonly groupIds: readonly number[];
  readonly comment?: string;
}

/** Everything that is known of a person now. Plain data: a host stores it as JSON and hands it back. */
export interface PersonState {
  /** By the same keys as `WeighIn.values`. */
  readonly latest: Readonly<Record<string, LatestValue>>;
  readonly lastWeighIn: WeighIn | null;
  /** Weight of the weigh-in before the last one. */
  readonly previousWeight: number | null;
  /** 7-day trend of the weight, exponentially weighted by time. */
  readonly trend: { readonly value: number; readonly at: EpochSeconds } | null;
  /** Newest objective by measure key. */
  readonly target: Readonly<Record<string, LatestValue>>;
  readonly profile: Profile | null;
}

/** All of them, in the order in which people are offered them. */
export const EVENT_KINDS = [
  "weigh_in",
  "weigh_in_updated",
  "weigh_in_deleted",
  "weigh_in_ambiguous",
  "measurement",
  "target_set",
  "profile_updated",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that happened to a person. Plain data. */
export interface PersonEvent {
  /** Hash of (person, weigh-in or group id, kind, content, number of earlier events of that weigh-in): the same when the event is repeated. */
  readonly id: string;
  readonly kind: EventKind;
  /** Id of the weigh-in, or of the group of a `measurement` or `target_set`; null for a profile and its goal. */
  readonly subjectId: number | null;
  readonly measuredAt: EpochSeconds;
  /** When we learnt of it, epoch seconds of our clock. */
  readonly recordedAt: EpochSeconds;
  /** A newer weigh-in was already known. */
  readonly backdated: boolean;
  readonly attribution: { readonly code: number; readonly name: string } | null;
  readonly values: Readonly<Record<string, number>>;
  /** BMI, change since the previous weigh-in, trend, distance to target: each null where it cannot be known. */
  readonly derived: Derived;
  readonly comment?: string;
  readonly profile?: Profile;
}

export interface Derived {
  readonly bmi: number | null;
  readonly change: number | null;
  readonly trend: number | null;
  readonly toTarget: number | null;
}
