import type { Actor } from "@weighbridge/core";

type NodeType = "account" | "weigh-in" | "getmeas" | "user" | "notify";

export interface CodeEntry {
  readonly actor: Actor;
  /** Nodes that fail with it; all of them where none is named. */
  readonly nodes?: readonly NodeType[];
}

const SUBSCRIBERS = ["weigh-in", "notify"] as const;
const ACTIONS = ["getmeas", "user", "notify"] as const;
const WITH_MESSAGES = ["weigh-in", ...ACTIONS] as const;

/**
 * Every code that a Catch node can get from a node of ours, a status can show, or the account's form can give a reason for. The tables of
 * the README and of the help are made from it; `locales/<language>/errors.json` has the words. `status_<n>` stands for a status of the
 * service that no document explains.
 */
export const ERROR_CODES = {
  network: { actor: "service" },
  timeout: { actor: "service" },
  too_many_requests: { actor: "service" },
  temporary_failure: { actor: "service" },
  service_timeout: { actor: "service" },
  tokens_outdated: { actor: "service" },
  unexpected_response: { actor: "service" },
  too_many_pages: { actor: "service", nodes: ["weigh-in", "getmeas"] },
  paging_stuck: { actor: "service", nodes: ["weigh-in", "getmeas"] },
  unknown_error: { actor: "service" },
  "status_<n>": { actor: "service" },
  data_late: { actor: "service", nodes: ["weigh-in"] },
  not_ready: { actor: "operator", nodes: ["weigh-in"] },
  not_shared: { actor: "person" },
  data_empty: { actor: "person", nodes: ["weigh-in"] },
  access_refused: { actor: "service" },
  not_authorized: { actor: "person" },
  scope_missing: { actor: "person" },
  grant_ended: { actor: "person" },
  person_unlinked: { actor: "person" },
  person_deleted: { actor: "person" },
  wrong_person: { actor: "person" },
  user_deactivated: { actor: "person" },
  wrong_password: { actor: "person", nodes: ["account", "user"] },
  unknown_email: { actor: "person", nodes: ["account", "user"] },
  account_incomplete: { actor: "operator" },
  no_account: { actor: "operator", nodes: WITH_MESSAGES },
  unknown_user: { actor: "operator" },
  wrong_credentials: { actor: "operator" },
  wrong_generation: { actor: "operator" },
  unknown_generation: { actor: "operator" },
  invalid_option: { actor: "operator" },
  key_of_other_server: { actor: "operator", nodes: ["account"] },
  callback_url: { actor: "operator", nodes: ["weigh-in"] },
  callbacks_missing: { actor: "operator", nodes: ["weigh-in"] },
  callback_url_refused: { actor: "operator", nodes: SUBSCRIBERS },
  comment_refused: { actor: "operator", nodes: SUBSCRIBERS },
  too_many_subscriptions: { actor: "operator", nodes: SUBSCRIBERS },
  not_revoked: { actor: "operator", nodes: ["weigh-in"] },
  state_not_kept: { actor: "operator", nodes: ["weigh-in", "getmeas"] },
  wrong_client: { actor: "operator" },
  clock_wrong: { actor: "operator" },
  code_expired: { actor: "caller", nodes: ["account"] },
  tokens_not_stored: { actor: "operator" },
  token_file_unusable: { actor: "operator" },
  newer_settings: { actor: "operator" },
  unexpected: { actor: "operator" },
  invalid_value: { actor: "caller", nodes: WITH_MESSAGES },
  missing_value: { actor: "caller", nodes: ["user", "notify"] },
  invalid_expression: { actor: "caller", nodes: ACTIONS },
  invalid_parameter: { actor: "caller", nodes: ACTIONS },
  unknown_service: { actor: "operator" },
  unknown_action: { actor: "operator" },
  no_subscription: { actor: "caller", nodes: ["notify"] },
  nothing_to_revoke: { actor: "caller", nodes: SUBSCRIBERS },
  too_busy: { actor: "caller", nodes: ACTIONS },
  unknown_command: { actor: "caller", nodes: ["weigh-in"] },
  not_held: { actor: "caller", nodes: ["weigh-in"] },
  unknown_weigh_in: { actor: "caller", nodes: ["weigh-in"] },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A code that a node can fail with. */
export type NodeErrorCode = keyof typeof ERROR_CODES;
