import type { EpochSeconds, MeasureGroup } from "./measure-group.ts";

export interface GroupPage {
  readonly groups: readonly MeasureGroup[];
  /** The server's clock when it answered: feeds the next `modifiedSince`. Absent where the server does not say. */
  readonly updateTime?: EpochSeconds;
}

/** One answer of measure/getmeas. */
export interface MeasurePage extends GroupPage {
  /** What the server says of further groups; undefined where it says nothing. */
  readonly hasMore?: boolean;
}
