import type { BenchmarkName } from "./bars.ts";

/** A figure as `--json` prints it. */
export interface Result {
  readonly name: string;
  readonly floor: number;
  readonly subject: number;
  readonly unit: string;
  /** `subject / floor`. */
  readonly ratio: number;
  /** The MQTT broker that took part, with its version. */
  readonly broker?: string;
}

/** Stands in `--json` in the place of a figure that could not be measured. */
export interface Failure {
  readonly name: string;
  readonly error: string;
}

/**
 * How good a figure has to be. `at most`: less is better. `at most more`: the subject stands on top of its floor, so their difference counts.
 * `limit`: the subject alone counts, in its unit; the floor says how much of it nothing could avoid.
 */
export type Bar =
  | { readonly kind: "at most" | "at least"; readonly ratio: number }
  | { readonly kind: "at most more"; readonly difference: number }
  | { readonly kind: "limit"; readonly most: number };

/** One measurement, which may give several figures. */
export interface Benchmark {
  /** The names of its figures. */
  readonly names: readonly BenchmarkName[];
  run(log: Log): Promise<readonly Result[]>;
}

/** Prints a line of progress. */
export type Log = (line: string) => void;

export function result(name: string, unit: string, floor: readonly number[], subject: readonly number[]): Result {
  const [a, b] = [median(floor), median(subject)];
  return { name, floor: a, subject: b, unit, ratio: b / a };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new Error("no sample was taken");
  return middle;
}

export function meets(bar: Bar, { floor, subject, ratio }: Result): boolean {
  switch (bar.kind) {
    case "at most":
      return ratio <= bar.ratio;
    case "at least":
      return ratio >= bar.ratio;
    case "at most more":
      return subject - floor <= bar.difference;
    case "limit":
      return subject <= bar.most;
  }
}
