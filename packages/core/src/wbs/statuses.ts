import type { ErrorCode } from "../error-codes.ts";
import { type Endpoint, RejectedError } from "../errors.ts";

interface StatusEntry {
  /** Stable error code, with its actor and remedy in the table of codes. Statuses that mean the same share it. */
  readonly code: ErrorCode;
  /** In plain words, to follow "was refused with status 247: ". */
  readonly meaning: string;
}

const UNKNOWN_USER: StatusEntry = {
  code: "unknown_user",
  meaning: "the userid is absent or incorrect",
};
const NO_SUBSCRIPTION: StatusEntry = {
  code: "no_subscription",
  meaning: "there is no such subscription",
};
const TOO_MANY_SUBSCRIPTIONS: StatusEntry = {
  code: "too_many_subscriptions",
  meaning: "this user already has as many subscriptions as the service allows",
};
const WRONG_GENERATION: StatusEntry = {
  code: "wrong_generation",
  meaning: "the server wants calls that are signed with OAuth",
};

/**
 * Every status of the founding document, of its lost parts, and what later servers of its kind were seen to answer.
 * 0 is success and never becomes an error.
 */
export const STATUSES = {
  100: {
    code: "wrong_password",
    meaning: "the hash is absent, invalid, or does not match the email",
  },
  247: UNKNOWN_USER,
  249: {
    code: "wrong_credentials",
    meaning: "the credentials were not accepted",
  },
  250: {
    code: "not_shared",
    meaning: "the userid and publickey do not match, or the user does not share data",
  },
  264: {
    code: "unknown_email",
    meaning: "the email address is unknown or invalid",
  },
  283: WRONG_GENERATION,
  284: {
    code: "temporary_failure",
    meaning: "the service failed for the moment",
  },
  286: NO_SUBSCRIPTION,
  293: {
    code: "callback_url_refused",
    meaning: "the callback URL is absent, incorrect, or could not be reached",
  },
  294: {
    code: "nothing_to_revoke",
    meaning: "there was no such subscription to delete",
  },
  304: {
    code: "comment_refused",
    meaning: "the comment is absent or incorrect",
  },
  305: TOO_MANY_SUBSCRIPTIONS,
  328: {
    code: "user_deactivated",
    meaning: "the user is deactivated",
  },
  342: WRONG_GENERATION,
  343: NO_SUBSCRIPTION,
  353: UNKNOWN_USER,
  522: {
    code: "service_timeout",
    meaning: "the service ran out of time",
  },
  601: {
    code: "too_many_requests",
    meaning: "too many calls in a short time",
  },
  2554: {
    code: "unknown_action",
    meaning: "the service does not know this action",
  },
  2555: {
    code: "unknown_error",
    meaning: "an unknown error occurred",
  },
  2556: {
    code: "unknown_service",
    meaning: "the service does not exist on this server",
  },
} as const satisfies Record<number, StatusEntry>;

const ENTRIES: Readonly<Record<number, StatusEntry>> = STATUSES;

/** The error of a status other than 0. A status that the table lacks is kept, as `status_<number>`. */
export function rejection(status: number, { service, action }: Endpoint): RejectedError {
  const entry = ENTRIES[status] ?? { code: `status_${status}`, meaning: "this status is in no document" };
  return new RejectedError({ ...entry, status, service, action });
}
