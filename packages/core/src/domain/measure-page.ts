import type { GroupPage } from "./person-api.ts";

/** One answer of measure/getmeas. */
export interface MeasurePage extends GroupPage {
  /** What the server says of further groups; undefined where it says nothing. */
  readonly hasMore?: boolean;
}
