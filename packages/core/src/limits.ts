/** Every bound of the package, in one place. A client's options override the first group. */
export const LIMITS = {
  /** One try, from the request to the last byte. */
  timeoutMs: 15_000,
  /** All tries of one call with the waits between them, counted from its first place under the rate limit. */
  deadlineMs: 60_000,
  /** Tries after the first one. */
  retries: 3,
  callsPerMinute: 120,
  /** Part of each minute's calls that chores may use: after the start of a large household a weigh-in finds room at once. */
  choreShare: 0.75,
  /** Before an identical call goes out again: the API refuses it for some ten seconds. */
  repeatCallMs: 12_000,
  /** Groups asked for per request while paging. */
  pageLimit: 500,
  /** Requests of one walk through pages. */
  maxPages: 2_000,

  /** Between two subscribes of one application: each makes the service call back. */
  subscribeGapMs: 5_000,
  /** Between two revokes of one application. */
  revokeGapMs: 1_000,
  /** The application sends nothing for so long after the API said that its calls were too many. */
  pauseMs: 60_000,
  /** The longest pause that an answer may ask for: a wrong one must not end everything for good. */
  longestPauseMs: 3_600_000,
  /** Before the second try; doubles with each further one. */
  backoffMs: 500,
  backoffMaxMs: 20_000,
  /** The API refuses an identical call for some ten seconds after it asked for patience (601). */
  tooManyRequestsWaitMs: 12_000,
  /** A page of 500 groups with 20 values each takes 0.7 MB; what is read of a hostile answer takes many times its size. */
  answerBytes: 4 * 1024 * 1024,
  /** Of an answer that nobody understands, in an error's message. */
  excerptCharacters: 200,
  /** Of the messages of foreign errors that ours carry as causes. */
  causeCharacters: 300,
  /** Links kept of a chain of causes. */
  causes: 3,
  /** Faults named of an answer that does not fit. */
  faultsNamed: 3,
  /** A page of so many groups may be cut off by a server that caps pages silently; the smallest cap that was seen is 100. */
  suspiciousPage: 50,
  /** Pages in a row that may bring nothing new before a walk ends. */
  idlePages: 3,
  /** Walks begun again because groups vanished between two pages. */
  restarts: 3,
  /** Of a comment in a document; the API bounds it nowhere. */
  commentCharacters: 1_000,
  /** Measure values in a document; a scale has about sixty. */
  documentValues: 200,
  /** Of each name of a profile in a document. */
  nameCharacters: 200,
  /** Unknown codes that a client remembers as reported; a server could invent any number. */
  unknownCodes: 256,
} as const satisfies Record<string, number>;
