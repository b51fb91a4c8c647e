/** Parts of one answer that could not be read and were left out. */
export interface Skipped {
  /** Groups without an identity or a date, or without a single value that can be read. */
  readonly groups: number;
  /** Values of groups that are kept. */
  readonly values: number;
  /** The field that did not fit first, such as `measures.value`; never its value. */
  readonly field: string;
}

/** Receives what was left out of an answer: at most once per answer. */
export type SkippedSink = (skipped: Skipped) => void;
