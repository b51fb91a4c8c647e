/** Every bound of the simulator, and what the documents say or leave open. */
export const LIMITS = {
  /** Document: the callback URL shall not be longer. */
  callbackUrlCharacters: 128,
  commentCharacters: 255,
  /** Document: a user can not be watched by more. */
  subscriptionsPerPerson: 16,
  /** Document: subscriptions last three weeks. */
  subscriptionLastsS: 21 * 86_400,
  /** The document is silent on the lifetime of a one-time string. */
  onceLastsS: 600,
  /** Groups in one answer; the document is silent on the server's own limit. */
  pageSize: 1_000,
  /** Waits before each further try of a notification; after the last one its subscription is dropped. The original policy is not known. */
  retryAfterS: [10, 60, 600, 3_600, 10_800] as readonly number[],
  callbackTimeoutMs: 2_000,
  parallelCallbacks: 32,
  /** Remembered calls and callbacks. */
  logEntries: 1_000,
  requestBytes: 64 * 1024,
  nameCharacters: 40,
  /** Open pages that listen. */
  listeners: 32,
} as const;
