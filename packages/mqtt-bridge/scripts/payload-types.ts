import type { EventDocument, Verdict } from "@weighbridge/core";
import type { BridgeEvent, InfoDocument, UpdateDocument } from "../src/messages/bridge-documents.ts";
import type {
  DevicesDocument,
  Document,
  HeldDocument,
  LastWeighInDocument,
  PersonKeys,
  StateDocument,
  StatusDocument,
  SubscriptionDocument,
  TargetDocument,
} from "../src/messages/person-documents.ts";
import type { PublishedProfile } from "../src/messages/published-keys.ts";
import type { CommandName } from "../src/messages/requests.ts";
import type { BRIDGE_TOPICS, PayloadOf, PERSON_TOPICS } from "../src/messages/topics.ts";
import type { HealthDocument } from "../src/status.ts";

// The JSON Schemas are made of the interfaces below: the generator cannot follow the topics' table to its types. The compiler compares both.

/** JSON documents of the bridge, by topic. */
export interface BridgePayloads {
  bridgeInfo: InfoDocument;
  bridgeUpdate: UpdateDocument;
  bridgeEvent: Document & BridgeEvent;
}

/** JSON documents of a person, by topic. */
export interface PersonPayloads {
  state: StateDocument;
  weighIn: Omit<EventDocument, "profile"> & PersonKeys & { readonly profile?: PublishedProfile };
  lastWeighIn: LastWeighInDocument;
  held: HeldDocument;
  target: TargetDocument;
  profile: Document & PublishedProfile;
  subscription: SubscriptionDocument;
  devices: DevicesDocument;
  status: StatusDocument;
}

interface Decision {
  readonly person: string;
  readonly weigh_in: number;
  readonly verdict: Verdict;
}

/** The `data` of an answer, by command. */
export interface ResponseData {
  sync: { readonly people: readonly string[] };
  claim: Decision;
  refuse: Decision;
  subscription: { readonly people: readonly ({ readonly person: string } & Omit<SubscriptionDocument, "schema">)[] };
  health: HealthDocument;
  publish_discovery: object;
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Topics whose messages are text, or are described command by command. */
type Text = "bridgeState" | "request" | "response" | "availability" | "measure";
type Of<T> = { -readonly [K in Exclude<keyof T, Text>]: PayloadOf<T[K]> };

/** A compile error here names a topic or a command that has no row above, or one with another type. */
export const IS_COMPLETE: Same<BridgePayloads, Of<typeof BRIDGE_TOPICS>> &
  Same<PersonPayloads, Of<typeof PERSON_TOPICS>> &
  Same<keyof ResponseData, CommandName> = true;
