import type { EpochSeconds } from "./measure-group.ts";

export interface Profile {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly shortName?: string;
  readonly gender?: "male" | "female";
  readonly birthDate?: EpochSeconds;
  /** Whether the scale's data is shared; absent where the API does not say. */
  readonly isSharing?: boolean;
  /** The weight that the person wants to reach, kilograms. Absent where there is no goal, and where goals are groups of the category `target`. */
  readonly targetWeight?: number;
}
