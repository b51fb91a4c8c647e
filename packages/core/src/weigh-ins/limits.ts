/** Every bound of sync, in one place. */
export const SYNC_LIMITS = {
  /** Groups this far from a weigh-in belong to it. */
  reachS: 60,
  /** A poll asks again for what was modified this long before its cursor: two clocks are at work. */
  overlapS: 300,
  /** Groups handed to a host in one change. */
  chunkGroups: 5_000,
  /** Neighbourhoods read one by one; more than that are read as one span. */
  separateReads: 32,
  /** A hint names single seconds; both ends are widened by this. */
  widenS: 1,
  /** The latest second that the API takes as a parameter. */
  latestS: 999_999_999_999_999,
  /** Stored groups read at once while a value is looked for. */
  lookBackGroups: 200,
  /** Such reads until a value counts as never measured. */
  lookBackReads: 50,
  /** Length of one request of a re-read. */
  rereadSliceS: 30 * 86_400,
  trendTimeConstantS: 7 * 86_400,
  /** How far back a trend is computed anew: what is older weighs less than 0.02 %. */
  trendWindowS: 60 * 86_400,
} as const satisfies Record<string, number>;
