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
  /** Stored groups of one stretch. */
  stretchGroups: 500,
  /** The part of the past that each re-read compares. */
  recentS: 30 * 86_400,
  /** Re-reads until all of the older past was compared. */
  sliceRounds: 21,
  /** How far ahead of our clock a cursor may be: no further than the overlap reaches back. */
  clockStepS: 300,
  /** Groups that an announced deletion may take at once; more where the answer shows more. */
  deletedAtOnce: 8,
  /** Two reads that miss a group prove its deletion when they are this far apart. */
  missingAgainS: 3 * 3_600,
  /** Older missing groups that a re-read asks for one by one. */
  doubtfulGroups: 10,
  /** Missing groups that are remembered. */
  missingGroups: 1_000,
  /** Stored groups on one side of missing ones that are asked for, to see that the person's data is not gone as a whole. */
  neighbours: 16,
  /** How far after a window its next neighbours are looked for. */
  neighbourS: 366 * 86_400,
  /** Measured later than this from now, a group is never the newest. */
  futureS: 86_400,
  /** At the first sync, nothing that was measured longer ago is an event. */
  firstNewsS: 7 * 86_400,
  trendTimeConstantS: 7 * 86_400,
  /** How far back a trend is computed anew: what is older weighs less than 0.02 %. */
  trendWindowS: 60 * 86_400,
} as const satisfies Record<string, number>;
