import type { EpochSeconds } from "./measure-group.ts";

/** A span of time in which something was measured; both ends included. */
export interface Window {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}
