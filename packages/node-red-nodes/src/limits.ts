/** Every bound of the package, in one place. */
export const LIMITS = {
  /** Of a callback that Node-RED parsed before the nodes saw it. */
  parsedBodyCharacters: 4 * 1024,
  /** Callbacks of one address in a minute; the API sends a few for each weigh-in. */
  callbacksPerMinute: 600,
  /** Newest groups kept of a person: a hundred weigh-ins a month for forty years. */
  storedGroups: 50_000,
  /** Groups on one line of the state file. */
  groupsPerLine: 100,
  /** Groups that "only new since last run" remembers as sent. */
  rememberedGroups: 10_000,
  /** Messages that one action node works on at once. */
  messagesAtOnce: 256,

  pollWithSubscriptionS: 6 * 3_600,
  /** The cursor on disk may be so much older than the last poll. */
  cursorLagS: 6 * 3_600,
  rereadEveryS: 86_400,
  profileEveryS: 86_400,
  goalsEveryS: 3_600,
  /** Hints that arrive this long after a sync become one more. */
  coalesceMs: 2_000,
  /** An identical call is never made sooner. */
  repeatCallMs: 12_000,
  /** After a hint, or that events were sent, could not be written. */
  retryWriteMs: 15_000,
  /** Node-RED gives a closing node 15 s. */
  revokeOnCloseMs: 10_000,
  /** A status that passes, such as that of a command, stays so long. */
  passingStatusMs: 15_000,
  /** Events wait so long for a weigh-in node that is being deployed. */
  awayMs: 30_000,
  /** After the state could not be read. */
  retryStartMs: 60_000,
  /** One Test of the editor: a person waits for it. */
  testMs: 20_000,
  /** The newest measurement that a Test looks for at today's API. */
  testDays: 90,
  /** People on their way through the consent page at once. */
  consents: 32,
} as const satisfies Record<string, number>;
