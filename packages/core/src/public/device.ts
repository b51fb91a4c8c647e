import type { EpochSeconds } from "../domain/measure-group.ts";

/** A device of a person. */
export interface Device {
  /** The same in every answer; for topics and entities. */
  readonly id: string;
  /** The kind of device in the service's words, such as `Scale`. */
  readonly kind: string;
  /** For people. */
  readonly model: string;
  readonly modelId?: number;
  /** Absent where the service does not know it. */
  readonly battery?: "high" | "medium" | "low";
  /** When the device last reached the service: it tells a scale that nobody used from data that does not flow. */
  readonly lastContactAt?: EpochSeconds;
}
