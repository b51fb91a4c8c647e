import type { EpochSeconds, MeasureGroup } from "./measure-group.ts";

export interface GroupPage {
  readonly groups: readonly MeasureGroup[];
  /** Groups of the answer that could not be read and are left out; absent for none. Such a page proves no deletion. */
  readonly skipped?: number;
  /** Feeds the next `modifiedSince`; mostly the server's clock when it answered. Absent where the answer has none that can be read. */
  readonly updateTime?: EpochSeconds;
  /** False: `updateTime` may lie weeks in the past, and says nothing about the server's clock. */
  readonly isClock?: false;
}

/** One answer of measure/getmeas. */
export interface MeasurePage extends GroupPage {
  /** Whether the server has further groups; undefined where it does not say. */
  readonly hasMore?: boolean;
}
