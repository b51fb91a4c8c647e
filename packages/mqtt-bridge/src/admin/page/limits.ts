/** Every bound of the page. */
export const LIMITS = {
  entries: 200,
  /** Rows added to a long list at once. */
  peopleShown: 40,
  entriesShown: 25,
  weighInsShown: 5,
  /** The bridge lists no more at once. */
  weighInsMost: 1_000,
  /** Above this, the list of people has a search field. */
  peopleUnsearched: 6,
  /** Names in one problem of many people, and people who may own a held weigh-in. */
  namesShown: 3,
  heldShown: 5,
  consentsShown: 5,
  points: 500,
  /** Between two looks at the status, which many changes may ask for. */
  statusEveryMs: 1_000,
  /** The status of a large household takes long to read: at most this share of the time goes into it. */
  statusShare: 0.05,
  retryMs: 1_000,
  retryMaxMs: 30_000,
  /** News is shown at most this often. */
  tellMs: 50,
  tickMs: 30_000,
  noticeMs: 6_000,
} as const;
