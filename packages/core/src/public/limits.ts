const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Every bound of this generation, in one place. */
export const GRANT_LIMITS = {
  /** An access token with less left than this is renewed before it is used. */
  marginMs: 5 * 60_000,
  /** A pair that cannot be stored stays unused for so long: the pair before it lives for eight hours. */
  unusedMs: 7 * HOUR_MS,
  /** A grant that the service refused is tried again this seldom: a refusal was seen to pass. */
  tryEndedMs: 6 * HOUR_MS,
  /** A callback names an end that shows so long before or after it. */
  announcedMs: 10 * 60_000,
  /** A refresh token lives for a year; thirty days before its end is time to say so. */
  oldMs: 335 * DAY_MS,
  /** A link to the consent page is good for so long. */
  consentMs: 10 * 60_000,
  /** Two clocks that differ by more make a signature wrong. */
  clockOffMs: 60_000,
  /** A list of subscriptions serves the subscribes that follow it. */
  listLastsMs: 60_000,
} as const satisfies Record<string, number>;
