/** What the documents of today's API say, and what was recorded of it. */
export const PUBLIC_LIMITS = {
  codeLastsS: 30,
  accessLastsS: 3 * 3_600,
  /** The refresh token before lives on for so long, unless the new access token is used. */
  oldRefreshLastsS: 8 * 3_600,
  refreshLastsS: 365 * 86_400,
  nonceLastsS: 30 * 60,
  callsPerMinute: 120,
  sameArgumentsS: 10,
  clockOffS: 60,
  pageSize: 100,
  callbackUrlCharacters: 255,
  /** The last second of 32 bits: no expiry. */
  neverExpires: 2_147_483_647,
  /** Waits before each further try of a callback: five times two tries. A subscription ends only after twenty days of failure. */
  retryAfterS: [5, 10, 60, 120, 3_600, 600, 14_400, 900, 14_400] as readonly number[],
  /** Profiles of one person at one application. */
  profiles: 64,
} as const;

export const SCOPES = ["user.info", "user.metrics", "user.activity", "user.sleepevents"] as const;
