/** A code that our tables lack. It is kept as data, and reported once per client. */
export interface UnknownCode {
  readonly kind: "measure_type" | "attribution" | "category";
  readonly code: number;
}

/** Receives every unknown code that is met, each time. */
export type UnknownSink = (unknown: UnknownCode) => void;
