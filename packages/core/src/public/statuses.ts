import type { ErrorCode } from "../error-codes.ts";

interface StatusEntry {
  readonly code: ErrorCode;
  /** In plain words, to follow "was refused with status 293: ". */
  readonly meaning: string;
  /** In place of the code's own, which speaks of both generations. */
  readonly remedy?: string;
  /** Passes by itself. */
  readonly isPassing?: true;
}

const LATER: StatusEntry = { code: "temporary_failure", meaning: "the service failed for the moment", isPassing: true };
const INVALID: StatusEntry = { code: "invalid_parameter", meaning: "a parameter is invalid" };
const DENIED: StatusEntry = { code: "access_refused", meaning: "the access token was refused" };
const NO_SUBSCRIPTION: StatusEntry = { code: "no_subscription", meaning: "there is no such subscription" };

/** Statuses with a meaning of their own. Many mean something else in the original API. */
const OWN: Readonly<Record<number, StatusEntry>> = {
  286: NO_SUBSCRIPTION,
  293: {
    code: "callback_url_refused",
    meaning: "the callback URL is invalid, or did not answer",
    remedy:
      "Check that the URL begins with https://, has a host name and port 443 or 80, and answers HEAD with 200 from the internet, without a login or a bot filter before it. Until then the data is polled.",
  },
  294: { code: "nothing_to_revoke", meaning: "there was no such subscription to delete" },
  304: { code: "comment_refused", meaning: "the comment was refused" },
  305: {
    code: "too_many_subscriptions",
    meaning: "there are as many subscriptions as the service allows",
    remedy: "End subscriptions that are no longer needed; doctor lists them.",
  },
  343: NO_SUBSCRIPTION,
  522: { code: "service_timeout", meaning: "the service ran out of time", isPassing: true },
  524: LATER,
  2554: LATER,
  2555: { ...LATER, code: "unknown_error", meaning: "an unknown error occurred", remedy: "Try again later." },
};

/** The service publishes families of codes and hides their details; single codes and ranges, both ends included. */
const FAMILIES: readonly {
  readonly entry: StatusEntry;
  readonly codes: readonly (number | readonly [number, number])[];
}[] = [
  { entry: DENIED, codes: [[100, 102], 200, 401, 214, 277, 2553] },
  {
    entry: INVALID,
    codes: [
      ...([[201, 213], [216, 218], 220, 221, 223, 225, [227, 230], [234, 236], 238, [240, 252], 254] as const),
      ...([[260, 267], 271, 272, 275, 276, [283, 288], 290, [293, 295], 297, [300, 304], 321, [323, 353]] as const),
      ...([[380, 382], 400, [501, 511], 523, 532, [3017, 3019], 503] as const),
    ],
  },
  {
    entry: LATER,
    codes: [
      ...([215, 219, 222, 224, 226, [231, 233], 237, 253, [255, 259], [268, 270], 273, 274, [278, 282]] as const),
      ...([289, 291, 292, 296, 298, [305, 320], 322, [370, 375], 383, 391, 402, [516, 521], [525, 531]] as const),
      ...([533, 602, 700, [1051, 1054], 2551, 2552, [2556, 2559], [3000, 3016], [3020, 3024]] as const),
      ...([[5000, 5006], 6000, 6010, 6011, 9000, 10_000] as const),
    ],
  },
];

const isIn = (status: number, codes: (typeof FAMILIES)[number]["codes"]): boolean =>
  codes.some((code) => (typeof code === "number" ? code === status : status >= code[0] && status <= code[1]));

/** The meaning of a status in this generation; one that no document has waits for the service. */
export const statusEntry = (status: number): StatusEntry =>
  OWN[status] ??
  FAMILIES.find(({ codes }) => isIn(status, codes))?.entry ?? {
    code: `status_${status}`,
    meaning: "this status is in no document",
    isPassing: true,
  };

/** The access token is not good, or may not be. */
export const isUnauthorized = (status: number): boolean => statusEntry(status) === DENIED;
