import { type Actor, type Endpoint, RejectedError } from "../errors.ts";

interface StatusEntry {
  /** Stable error code. Statuses that mean the same share it. */
  readonly code: string;
  /** In plain words, to follow "was refused with status 247: ". */
  readonly meaning: string;
  readonly actor: Actor;
  readonly remedy: string;
}

const UNKNOWN_USER: StatusEntry = {
  code: "unknown_user",
  meaning: "the userid is absent or incorrect",
  actor: "operator",
  remedy: "Check the userid. The user's Share overlay shows it, and account/getuserslist lists it.",
};
const NO_SUBSCRIPTION: StatusEntry = {
  code: "no_subscription",
  meaning: "there is no such subscription",
  actor: "caller",
  remedy: "Subscribe first, with exactly this callback URL.",
};
const TOO_MANY_SUBSCRIPTIONS: StatusEntry = {
  code: "too_many_subscriptions",
  meaning: "this user already has as many subscriptions as the service allows",
  actor: "operator",
  remedy: "Revoke subscriptions that nobody needs any more. A user can have 16.",
};
const WRONG_GENERATION: StatusEntry = {
  code: "wrong_generation",
  meaning: "the server wants calls that are signed with OAuth",
  actor: "operator",
  remedy: "This server speaks a later API generation: check the base URL, or choose that generation.",
};

/**
 * Every status of the founding document, of its lost parts, and what later servers of its kind were seen to answer.
 * 0 is success and never becomes an error.
 */
export const STATUSES = {
  100: {
    code: "wrong_password",
    meaning: "the hash is absent, invalid, or does not match the email",
    actor: "person",
    remedy: "Enter the password of the account again.",
  },
  247: UNKNOWN_USER,
  249: {
    code: "wrong_credentials",
    meaning: "the credentials were not accepted",
    actor: "operator",
    remedy: "Get the userid and the publickey again, with account/getuserslist or from the user's Share overlay.",
  },
  250: {
    code: "not_shared",
    meaning: "the userid and publickey do not match, or the user does not share data",
    actor: "person",
    remedy:
      "Turn sharing on (user/update with ispublic=1, or the Share overlay of the dashboard). Turning it off changes the publickey: then get the new one.",
  },
  264: {
    code: "unknown_email",
    meaning: "the email address is unknown or invalid",
    actor: "person",
    remedy: "Enter the email address with which the account was created.",
  },
  283: WRONG_GENERATION,
  284: {
    code: "temporary_failure",
    meaning: "the service failed for the moment",
    actor: "service",
    remedy: "Try again later.",
  },
  286: NO_SUBSCRIPTION,
  293: {
    code: "callback_url_refused",
    meaning: "the callback URL is absent, incorrect, or could not be reached",
    actor: "operator",
    remedy: "Check that the URL has at most 128 characters and answers with 200 when it is called from the internet.",
  },
  294: {
    code: "nothing_to_revoke",
    meaning: "there was no such subscription to delete",
    actor: "caller",
    remedy: "Nothing: what was asked for is so already.",
  },
  304: {
    code: "comment_refused",
    meaning: "the comment is absent or incorrect",
    actor: "caller",
    remedy: "Give the subscription a short, plain comment: the user sees it as its name.",
  },
  305: TOO_MANY_SUBSCRIPTIONS,
  328: {
    code: "user_deactivated",
    meaning: "the user is deactivated",
    actor: "person",
    remedy: "Reactivate the user, or remove them here.",
  },
  342: WRONG_GENERATION,
  343: NO_SUBSCRIPTION,
  353: UNKNOWN_USER,
  522: {
    code: "service_timeout",
    meaning: "the service ran out of time",
    actor: "service",
    remedy: "Try again later.",
  },
  601: {
    code: "too_many_requests",
    meaning: "too many calls in a short time",
    actor: "service",
    remedy: "Wait a minute, and lower the number of calls per minute.",
  },
  2554: {
    code: "unknown_action",
    meaning: "the service does not know this action",
    actor: "operator",
    remedy: "Check that the base URL is that of a server of the original API.",
  },
  2555: {
    code: "unknown_error",
    meaning: "an unknown error occurred",
    actor: "service",
    remedy: "Try again later. Some servers answer so to a wrong publickey: if it stays, check that.",
  },
  2556: {
    code: "unknown_service",
    meaning: "the service does not exist on this server",
    actor: "operator",
    remedy: "Check that the base URL is that of a server of the original API.",
  },
} as const satisfies Record<number, StatusEntry>;

const ENTRIES: Readonly<Record<number, StatusEntry>> = STATUSES;

/** The error of a status other than 0. A status that the table lacks is kept, as `status_<number>`. */
export function rejection(status: number, { service, action }: Endpoint): RejectedError {
  const entry = ENTRIES[status] ?? {
    code: `status_${status}`,
    meaning: "this status is in no document",
    actor: "service",
    remedy: "Try again later; if it stays, report the number to the maintainers.",
  };
  return new RejectedError({ ...entry, status, service, action });
}
