/** A code that our tables lack. It is kept as data; told once per client, so that someone can look it up. */
export interface UnknownCode {
  readonly kind: "measure_type" | "attribution" | "category";
  readonly code: number;
}
