import type { AmbiguousPolicy } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import type { AccountSettings } from "../../account/open-api.ts";
import { type Config, settingOf } from "../../runtime/config.ts";
import { choice, wholeNumber } from "../../shared/fields.ts";

export interface AccountCredentials {
  readonly userid?: string;
  readonly publickey?: string;
}

const BASE_URL = "http://wbsapi.withings.net/";
const CALLS_PER_MINUTE = "120";
const POLL_MINUTES = 15;

const trimmed = (value: unknown) => String(value ?? "").trim();

export function settingsOf(RED: NodeAPI, node: Node<AccountCredentials>, config: Config): AccountSettings {
  return {
    generation: trimmed(settingOf(RED, node, config, "generation")) || "wbs",
    baseUrl: trimmed(settingOf(RED, node, config, "baseurl")) || BASE_URL,
    userId: trimmed(node.credentials?.userid),
    publicKey: trimmed(node.credentials?.publickey),
    callsPerMinute: trimmed(settingOf(RED, node, config, "callsperminute")) || CALLS_PER_MINUTE,
  };
}

/** How weigh-ins are followed. Throws where a setting is wrong. */
export function followSettings(RED: NodeAPI, node: Node, config: Config) {
  const ambiguous: AmbiguousPolicy = choice("ambiguous", settingOf(RED, node, config, "ambiguous"), [
    "hold",
    "accept",
    "ignore",
  ]);
  const minutes = wholeNumber("pollminutes", settingOf(RED, node, config, "pollminutes"), 1) ?? POLL_MINUTES;
  return { ambiguous, pollWithoutSubscriptionS: minutes * 60 };
}
