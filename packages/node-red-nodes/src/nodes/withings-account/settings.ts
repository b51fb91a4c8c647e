import type { AmbiguousPolicy } from "@weighbridge/core";
import type { Node, NodeAPI } from "node-red";
import type { AccountSettings } from "../../account/account-source.ts";
import { type Config, settingOf } from "../../runtime/config.ts";
import { readerOf } from "../../shared/properties.ts";
import { properties } from "./properties.ts";

export interface AccountCredentials {
  readonly userid?: string;
  readonly publickey?: string;
  readonly clientid?: string;
  readonly clientsecret?: string;
}

/** Of flows that were saved before there was a choice. */
export const FIRST_GENERATION = "wbs";

/** The client's settings. Throws where one is wrong. */
export function settingsOf(RED: NodeAPI, node: Node<AccountCredentials>, config: Config): AccountSettings {
  const value = readerOf(properties, (name) => settingOf(RED, node, config, name));
  return {
    generation: trimmed(settingOf(RED, node, config, "generation")) || FIRST_GENERATION,
    baseUrl: value("baseurl") ?? "",
    userId: trimmed(node.credentials?.userid),
    publicKey: trimmed(node.credentials?.publickey),
    clientId: trimmed(node.credentials?.clientid),
    clientSecret: trimmed(node.credentials?.clientsecret),
    callsPerMinute: trimmed(settingOf(RED, node, config, "callsperminute")) || properties.callsperminute.value,
  };
}

const trimmed = (value: unknown) => String(value ?? "").trim();

const COMMENT = "Node-RED: tells your home when you weigh in";

/** How weigh-ins are followed. Throws where a setting is wrong. */
export function followSettings(RED: NodeAPI, node: Node, config: Config) {
  const value = readerOf(properties, (name) => settingOf(RED, node, config, name));
  const ambiguous: AmbiguousPolicy = value("ambiguous");
  return {
    ambiguous,
    pollWithoutSubscriptionS: (value("pollminutes") ?? 15) * 60,
    publicUrl: value("publicurl"),
    comment: value("comment") ?? COMMENT,
    isRevokedOnRemoval: value("revoke") ?? false,
  };
}
