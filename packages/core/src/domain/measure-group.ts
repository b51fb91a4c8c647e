/** Seconds since 1970 in UTC, as the API counts. */
export type EpochSeconds = number;

/** One value of a group, in SI units and exact in decimal. */
export interface Measure {
  /** The id of the measure-type table, or `type_<code>` for a code that it does not know. */
  readonly type: string;
  readonly code: number;
  readonly value: number;
  /** The place on the body, for segmental measures. */
  readonly position?: number;
}

/** How a group came to its person. The code is kept, since the list is open. */
export interface Attribution {
  readonly code: number;
  readonly name: string;
}

/** `measure`, or `target` for an objective that the person set; `unknown` otherwise. */
export interface Category {
  readonly code: number;
  readonly name: "measure" | "target" | "unknown";
}

/** A measuregrp of the API. Plain data: survives JSON unchanged. */
export interface MeasureGroup {
  /** The API's grpid. Identity is (api, user, id); it does not grow with time. */
  readonly id: number;
  readonly attribution: Attribution;
  readonly measuredAt: EpochSeconds;
  readonly category: Category;
  readonly measures: readonly Measure[];
  /** The model of the device; absent where the API does not say. */
  readonly modelId?: number;
  /** The comment of the person. */
  readonly comment?: string;
}
