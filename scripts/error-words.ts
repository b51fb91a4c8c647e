import type { ERROR_CODES } from "../packages/core/src/error-codes.ts";
import type {
  CONFIG_ERROR_CODES,
  HOME_ASSISTANT_ERROR_CODES,
  STORE_ERROR_CODES,
} from "../packages/mqtt-bridge/src/errors.ts";
import type { REQUEST_ERROR_CODES } from "../packages/mqtt-bridge/src/messages/requests.ts";
import type { NodeErrorCode } from "../packages/node-red-nodes/src/shared/error-codes.ts";

/** Usual causes, for the page of errors; a code is left out where its meaning says it all. */
export const CAUSES: Readonly<Partial<Record<keyof typeof ERROR_CODES, string>>> = {
  network: "No way to the service: the internet connection, DNS or a firewall, or the service is down.",
  timeout: "A slow connection, or a service in trouble.",
  too_many_requests: "Many people or several programs share one application: the API takes 120 calls a minute.",
  unexpected_response: "A proxy, a login page of the network or a maintenance page answers, or the base URL is wrong.",
  data_empty: "The account was emptied, or the API fails silently.",
  access_refused: "The API refuses a token that it has just renewed.",
  not_shared: "At the original API: sharing was switched off, which makes the publickey invalid, too.",
  grant_ended: "The person withdrew the consent, or a copy of it on another machine renewed it and so ended this one.",
  person_unlinked:
    "Somebody ended the access of the application in the Withings app. Told only where Withings can call a URL: otherwise it is `grant_ended`.",
  person_deleted: "As before: told only where Withings can call a URL; otherwise it is `grant_ended`.",
  scope_missing: "A box of the consent page was not ticked.",
  wrong_person: "The browser was still logged in as somebody else.",
  wrong_client: "A slip while copying, a line break in the secret's file, or a secret that was renewed in the portal.",
  clock_wrong: "Time synchronization is off: calls are signed with the time.",
  code_expired: "More than 30 seconds passed after *Allow*, or the address was pasted twice.",
  callback_url_refused:
    "Not https, another port than 443 or 80, a login or a bot filter before it, or a closed router.",
  callbacks_missing:
    "Something before the bridge or Node-RED answers in its place, or the address leads elsewhere now.",
  tokens_not_stored: "The disk is full, or the folder belongs to another user.",
  token_file_unusable: "The file was edited, copied in part, or is open to other users.",
  wrong_generation: "A server of the original API is set up as today's, or the other way round.",
  wrong_credentials: "The userid of one person with the publickey of another.",
};

/** Of codes whose words in Node-RED tell the cause alone. */
export const NODE_REMEDIES: Readonly<Partial<Record<NodeErrorCode, string>>> = {
  account_incomplete: "Open the account and fill it in.",
  invalid_value: "Correct what the message names.",
  missing_value: "Fill the field in, or send its value in `msg.withings`.",
  newer_settings: "Update this package.",
  not_revoked: "Nothing, or end it with the notify node.",
  unknown_command: "Send one of the commands that the node's help lists.",
  unknown_generation: "Update this package.",
};

interface Words {
  readonly means: string;
  readonly cause: string;
  readonly remedy: string;
}

type BridgeCode =
  | (typeof CONFIG_ERROR_CODES)[number]
  | (typeof STORE_ERROR_CODES)[number]
  | (typeof HOME_ASSISTANT_ERROR_CODES)[number]
  | (typeof REQUEST_ERROR_CODES)[number]
  | "failed";

/** The bridge's own codes. The error itself names the file, the key or the person. */
export const BRIDGE_WORDS: Readonly<Record<BridgeCode, Words>> = {
  config_unreadable: {
    means: "The configuration file cannot be read.",
    cause: "A wrong path, or a file of another user.",
    remedy: "Give the path with `--config`, and let the bridge's user read it.",
  },
  config_yaml: {
    means: "The configuration file is no valid YAML.",
    cause: "Often a tab, a missing quote, or an indent that differs from its neighbours.",
    remedy: "Correct the line that is named; `weighbridge config check` checks it.",
  },
  config_invalid: {
    means: "A setting cannot work.",
    cause: "A key that is misspelt, missing, or has a value of another kind.",
    remedy: "Each line of the message names a key, where it stands, and what it must be.",
  },
  config_exists: {
    means: "The configuration file exists already.",
    cause: "`weighbridge init` overwrites nothing.",
    remedy: "Name another file with `--config`, or move the old one away.",
  },
  config_unwritable: {
    means: "The configuration file cannot be written.",
    cause: "The folder is missing, read-only, or of another user.",
    remedy: "Name a file in a folder that you may write to.",
  },
  config_usage: {
    means: "An option of `weighbridge init` is missing or cannot be used.",
    cause: "Without questions everything comes from the options.",
    remedy: "Read `weighbridge init --help`.",
  },
  state_locked: {
    means: "Another bridge uses the state directory, or the database.",
    cause: "It runs already, such as by systemd.",
    remedy: "Stop that one, or give this one a `state_dir` and people of its own.",
  },
  state_newer: {
    means: "The state was written by a newer bridge.",
    cause: "An older version was installed over it.",
    remedy: "Run the newer version again.",
  },
  state_unusable: {
    means: "The state directory cannot be used.",
    cause: "The disk is full or read-only, or the directory belongs to another user.",
    remedy: "Free space, or correct the rights, and start again: nothing acknowledged is lost.",
  },
  state_spoilt: {
    means: "The database is damaged.",
    cause: "A failing disk, or a copy that was made while the bridge ran.",
    remedy: "Restore a copy, or move the database away: weigh-ins come back from the API.",
  },
  state_older: {
    means: "The state was written by an older bridge.",
    cause: "A command that only reads changes nothing.",
    remedy: "Run the bridge of this version once.",
  },
  state_missing: {
    means: "There is no state yet.",
    cause: "The bridge has not run with this configuration, or `state_dir` names another folder.",
    remedy: "Run the bridge first, or name the configuration whose `state_dir` has one.",
  },
  state_exists: {
    means: "The folder holds something already.",
    cause: "A backup and a restore never replace what is there.",
    remedy: "Name a new folder; `weighbridge restore --force` moves the state aside.",
  },
  backup_spoilt: {
    means: "The backup is not whole.",
    cause: "A file of it is missing or was changed, or the folder is no backup.",
    remedy: "Name the folder that `weighbridge backup` made, or another backup.",
  },
  backup_unwritable: {
    means: "The backup cannot be written.",
    cause: "The disk is full or read-only, or the folder is of another user.",
    remedy: "Name a folder on a disk with free space that you may write to.",
  },
  home_assistant_unreachable: {
    means: "Home Assistant does not answer.",
    cause: "A wrong address, or Home Assistant is starting.",
    remedy: "Check `--home-assistant`, and try again.",
  },
  home_assistant_refused: {
    means: "Home Assistant refused the token or a request.",
    cause: "The long-lived access token was deleted, or is of a user who is no administrator.",
    remedy: "Make a new token on the profile page of an administrator, and put it into the file.",
  },
  home_assistant_unknown_person: {
    means: "Home Assistant has no sensors of this person.",
    cause: "The bridge has not run with this Home Assistant yet, or the sensors were removed.",
    remedy: "Run the bridge until the person's device is there, and try again.",
  },
  retained: {
    means: "A request was published with the retain flag, and not carried out.",
    cause: "It would run again at each start.",
    remedy: "Publish it without the flag, and clear the topic with an empty retained message.",
  },
  invalid: {
    means: "A request could not be read.",
    cause: "No JSON, or a key that the command does not take.",
    remedy: "Correct what the message names.",
  },
  unknown_person: {
    means: "A request names a person whom the bridge does not follow.",
    cause: "The slug is misspelt, or the person has not consented yet.",
    remedy: "Use a slug that the message lists.",
  },
  unknown_weigh_in: {
    means: "No such weigh-in is known.",
    cause: "Another number than `weigh_in` of the event, or the weigh-in was deleted.",
    remedy: "Take the number from the `weigh_in_ambiguous` event.",
  },
  not_held: {
    means: "The weigh-in is not held: the scale is sure whose it is.",
    cause: "Only a weigh-in that may be somebody else's can be claimed or refused.",
    remedy: "Edit or delete it in the Withings app.",
  },
  pressed_twice: {
    means: "The same button was pressed for two held weigh-ins within 3 s.",
    cause: "A double tap: by its second half the button stood for the next held weigh-in.",
    remedy: "Press once more if that one is to be answered, too.",
  },
  no_callback_url: {
    means: "There is no subscription to check.",
    cause: "Neither `callback.public_url` nor `callback.exact_url` is set: the bridge polls.",
    remedy: "Nothing, or set one of them.",
  },
  failed: {
    means: "A request could not be carried out.",
    cause: "The disk, or a fault of Weighbridge.",
    remedy: "Look into the log; if it says nothing, report it.",
  },
};
