/**
 * The role that can make it work again.
 * - `person`: the owner of the account (sharing switched off, password changed)
 * - `operator`: the owner of this installation (a wrong setting, a wrong URL)
 * - `caller`: the code that called us
 * - `service`: the API itself; waiting helps
 */
export type Actor = "person" | "operator" | "caller" | "service";

interface CodeEntry {
  readonly actor: Actor;
  /** The usual remedy; an error that knows more gives its own. */
  readonly remedy: string;
}

/** Every code of this package: of the client, then of the problems of a person who is followed. `status_<n>` stands for a status of the API that no document explains. */
export const ERROR_CODES = {
  invalid_parameter: { actor: "caller", remedy: "Correct the parameters that the message names." },
  invalid_option: { actor: "caller", remedy: "Correct the option that the message names." },

  wrong_password: { actor: "person", remedy: "Enter the password of the account again." },
  not_shared: {
    actor: "person",
    remedy:
      "Turn sharing on (user/update with ispublic=1, or the Share overlay of the dashboard). Turning it off changes the publickey: then get the new one.",
  },
  unknown_email: { actor: "person", remedy: "Enter the email address with which the account was created." },
  user_deactivated: { actor: "person", remedy: "Reactivate the user, or remove them here." },
  unknown_user: {
    actor: "operator",
    remedy: "Check the userid. The user's Share overlay shows it, and account/getuserslist lists it.",
  },
  wrong_credentials: {
    actor: "operator",
    remedy: "Get the userid and the publickey again, with account/getuserslist or from the user's Share overlay.",
  },
  wrong_generation: {
    actor: "operator",
    remedy: "This server speaks a later API generation: check the base URL, or choose that generation.",
  },
  callback_url_refused: {
    actor: "operator",
    remedy: "Check that the URL has at most 128 characters and answers with 200 when it is called from the internet.",
  },
  too_many_subscriptions: {
    actor: "operator",
    remedy: "Revoke subscriptions that are no longer needed. A user can have 16.",
  },
  unknown_action: {
    actor: "operator",
    remedy: "Check that the base URL is that of a server of the original API.",
  },
  unknown_service: {
    actor: "operator",
    remedy: "Check that the base URL is that of a server of the original API.",
  },
  no_subscription: { actor: "caller", remedy: "Subscribe first, with exactly this callback URL." },
  nothing_to_revoke: { actor: "caller", remedy: "Nothing to do: the subscription is gone already." },
  comment_refused: {
    actor: "caller",
    remedy: "Give the subscription a short, plain comment: the user sees it as its name.",
  },
  temporary_failure: { actor: "service", remedy: "Try again later." },
  service_timeout: { actor: "service", remedy: "Try again later." },
  too_many_requests: {
    actor: "service",
    remedy: "Wait a minute, and lower the number of calls per minute.",
  },
  unknown_error: {
    actor: "service",
    remedy: "Try again later. Some servers answer so to a wrong publickey: if it stays, check that.",
  },
  "status_<n>": {
    actor: "service",
    remedy: "Try again later; if it stays, report the number to the maintainers.",
  },

  network: { actor: "service", remedy: "Try again later; check the base URL and the network if it stays." },
  timeout: { actor: "service", remedy: "Try again later; check the base URL and the network if it stays." },
  unexpected_response: {
    actor: "service",
    remedy:
      "Check the base URL, and whether a proxy or a maintenance page answers instead of the API; else try again later.",
  },
  paging_stuck: {
    actor: "service",
    remedy: "Try again later. If it stays, the server does not honour the offset: ask for shorter windows of time.",
  },
  too_many_pages: {
    actor: "service",
    remedy: "Ask for a shorter window of time, or allow more pages or larger ones.",
  },

  access_refused: {
    actor: "service",
    remedy:
      "Try again later. If it stays, renew the application's secret in the developer portal, and authorize again.",
  },
  wrong_client: {
    actor: "operator",
    remedy: "Copy ClientID and Secret of the application from the developer portal again.",
  },
  clock_wrong: { actor: "operator", remedy: "Set the clock of this machine (NTP): it differs from the service's." },
  code_expired: {
    actor: "caller",
    remedy: "Open a fresh link: a code is good once, and for 30 seconds.",
  },
  scope_missing: { actor: "person", remedy: "Authorize the person again, and leave every box ticked." },
  not_authorized: { actor: "person", remedy: "Authorize the person." },
  grant_ended: {
    actor: "person",
    remedy:
      "Authorize the person again: nothing is lost, and the history goes on. If another installation uses this consent, let it have an application of its own. A person whose account is deleted is removed from the configuration instead.",
  },
  person_unlinked: {
    actor: "person",
    remedy: "Authorize the person again, if they want it: nothing is lost, and the history goes on.",
  },
  person_deleted: {
    actor: "person",
    remedy:
      "Remove the person from the configuration: the account is deleted. With a new account, authorize them again.",
  },
  wrong_person: {
    actor: "person",
    remedy: "Log out at Withings first, then authorize again and choose the right person.",
  },
  tokens_not_stored: {
    actor: "operator",
    remedy:
      "Free space on the disk, and let the user of this program write to the folder. It is tried again by itself.",
  },
  token_file_unusable: {
    actor: "operator",
    remedy: "Restore a copy of the file, or authorize the person again: a damaged file is kept beside the new one.",
  },
  tokens_outdated: {
    actor: "service",
    remedy: "Nothing to do: another program stored a newer pair first, which is used from now on.",
  },

  data_late: {
    actor: "service",
    remedy: "Wait: weigh-ins appear when the service works again. If it goes on for a day, check the base URL.",
  },
  data_empty: {
    actor: "person",
    remedy:
      "See in the service's own app whether the measurements are there. If they are, wait; if they were deleted, so will ours be.",
  },
  callbacks_missing: {
    actor: "operator",
    remedy:
      "Open the callback URL from another network: it must answer 200 without a login. Until a callback comes, polls come often.",
  },
  unexpected: { actor: "operator", remedy: "Report it to the maintainers." },
} as const satisfies Record<string, CodeEntry>;

/** A code of this package. Stable: it never changes its meaning. A status that no document explains is `status_<number>`. */
export type ErrorCode = Exclude<keyof typeof ERROR_CODES, "status_<n>"> | `status_${number}`;

/** The actor and the usual remedy of a code. */
export const entryOf = (code: ErrorCode): CodeEntry =>
  (ERROR_CODES as Readonly<Record<string, CodeEntry>>)[code] ?? ERROR_CODES["status_<n>"];
