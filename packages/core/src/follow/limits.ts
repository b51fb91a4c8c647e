/** Every bound of following a person, in one place. */
export const FOLLOW_LIMITS = {
  /** A callback has some hundred bytes. */
  callbackBytes: 4 * 1024,
  /** Addresses whose callbacks are counted at once. */
  callbackSources: 1_000,

  /** Windows of a person that wait. One more, and a single window takes the place of those that waited. */
  waitingWindows: 16,
  /** Calls for windows of a person in any minute; a poll follows the hints beyond. */
  windowCallsPerMinute: 16,
  /** Windows that may fail in one turn; a poll follows the rest. */
  failedWindows: 2,
  /** A wider window is followed in parts, after the others. */
  widestHintS: 31 * 86_400,
  /** A longer window may stand for many notifications: news that a poll brought do not answer it. */
  momentS: 60,
  /** A window that showed nothing new is asked for again so long after its hint was taken; then the hint is dropped. */
  askAgainS: [15, 60, 300, 1_800],

  /** A re-read for hints without a window comes no sooner after the one before. */
  hintedRereadS: 3_600,
  /** Daily chores come up to this part of a day earlier, each person at a time of their own. */
  spread: 0.1,

  /** Our clock and that of the API differ by more: one of them is wrong. */
  oddClockS: 86_400,

  retryMinS: 15,
  retryMaxS: 300,
  /** A single refusal may be a mistake of the service: it is soon asked again. */
  confirmRefusalS: 2,
  /** Asking often does not help where a person has to act first. */
  retryBlockedS: 900,
  /** Polls without a subscription that may be missed before the person's data counts as late. */
  missedPolls: 2,
  /** A callback may come so long after its weigh-in without counting as missing. */
  callbackGraceS: 600,

  /** A turn that lasts longer gives its place to somebody else. */
  slowTurnMs: 5_000,

  /** A subscription with less left than this is renewed. */
  renewWithinS: 7 * 86_400,
  checkSubscriptionEveryS: 86_400,
  /** After a failure that somebody must mend, and between two checks for weigh-ins that no callback announced. */
  retrySubscriptionS: 15 * 60,
  /** After a failure that passes by itself; doubles with each further one, up to the other. */
  retrySubscriptionSoonS: 30,
} as const;
