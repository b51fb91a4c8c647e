/** Seconds from each try to the next. */
function waitsBetween(triesAtS: readonly number[]): readonly number[] {
  return triesAtS.slice(1).map((atS, index) => atS - (triesAtS[index] ?? 0));
}

/** Bounds of today's API, as documented or as recorded. */
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
  commentCharacters: 255,
  /** Waits before each further try of a callback: two tries each at once, after 10 s, 1 min, 1 h and 4 h. */
  retryAfterS: waitsBetween([0, 5, 10, 15, 60, 120, 3_600, 3_720, 14_400, 14_580]),
  /** A subscription ends after twenty days of failure. */
  failsForS: 20 * 86_400,
  /** Profiles of one person at one application. */
  profiles: 64,
} as const;

export const SCOPES = ["user.info", "user.metrics", "user.activity", "user.sleepevents"] as const;
