import type { EventDocument } from "@weighbridge/core";
import type { BridgeEvent, InfoDocument, Presence, ResponseDocument, UpdateDocument } from "./bridge-documents.ts";
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
} from "./person-documents.ts";
import type { PublishedProfile } from "./published-keys.ts";

declare const payload: unique symbol;

/** A topic with the type of what its messages hold: a string as it is, anything else as JSON. */
export type Topic<P> = string & { readonly [payload]?: P };

interface Row<P> {
  /** Below the base topic, or below the person's own topic. */
  readonly path: string;
  readonly isRetained: boolean;
  /** Stands in the README's table. */
  readonly words: string;
  readonly [payload]?: P;
}

const retained = <P>(path: string, words: string): Row<P> => ({ path, isRetained: true, words });
const passing = <P>(path: string, words: string): Row<P> => ({ path, isRetained: false, words });

/** Topics of the bridge. */
export const BRIDGE_TOPICS = {
  bridgeState: retained<Presence>("bridge/state", "`online` or `offline`, also when the bridge dies"),
  bridgeInfo: retained<InfoDocument>(
    "bridge/info",
    "version, number of people, how many have not consented yet, last notification, what waits on disk, fields that could not be read, callbacks by outcome, with connections dropped as too many",
  ),
  bridgeUpdate: retained<UpdateDocument>(
    "bridge/update",
    "installed and newest version, with `home_assistant.update_check: true`",
  ),
  bridgeEvent: passing<Document & BridgeEvent>(
    "bridge/event",
    "warnings for the household: `account_problem`, `account_recovered`, `subscription_failed`, `event_parked`, `unknown_code`, `group_skipped`, `not_authorized`",
  ),
  request: passing<string>("bridge/request/<command>", "[requests](#requests)"),
  response: passing<ResponseDocument>("bridge/response/<command>", "their answers"),
} as const;

/** Topics of a person, below `people/<slug>`. */
export const PERSON_TOPICS = {
  availability: retained<Presence>("availability", "`online` while the account answers"),
  state: retained<StateDocument>(
    "state",
    "the newest value of every measure, null where unknown, each with its own time in `measured_at`",
  ),
  weighIn: passing<Omit<EventDocument, "profile"> & PersonKeys & { readonly profile?: PublishedProfile }>(
    "weigh_in",
    "the events",
  ),
  lastWeighIn: retained<LastWeighInDocument>("last_weigh_in", "the newest weigh-in, for consumers that come later"),
  held: retained<HeldDocument>(
    "held",
    "weigh-ins that may be somebody else's: how many wait for `claim` or `refuse`, the newest with weight and time, and who else is here",
  ),
  measure: retained<string>("measure/<id>", "a plain number, such as `weight` or `fat_ratio`"),
  target: retained<TargetDocument>("target", "objectives"),
  profile: retained<Document & PublishedProfile>(
    "profile",
    "name, whether data are shared; gender and birth date with `publish_profile: true`",
  ),
  subscription: retained<SubscriptionDocument>(
    "subscription",
    "whether the API notifies us, until when, and what is wrong",
  ),
  devices: retained<DevicesDocument>(
    "devices",
    "of today's API: the person's devices with model, battery and last contact; the scale by itself, too",
  ),
  status: retained<StatusDocument>(
    "status",
    "what keeps the account from answering, last and next poll, last weigh-in",
  ),
} as const;

export type PayloadOf<R> = R extends Row<infer P> ? P : never;
type Fixed<T, Made extends keyof T> = { readonly [Key in Exclude<keyof T, Made>]: Topic<PayloadOf<T[Key]>> };

export interface Topics extends Fixed<typeof BRIDGE_TOPICS, "request" | "response"> {
  request(command: string): string;
  response(command: string): Topic<ResponseDocument>;
  person(slug: string): PersonTopics;
}

export interface PersonTopics extends Fixed<typeof PERSON_TOPICS, "measure"> {
  measure(id: string): Topic<string>;
}

const below = (base: string, rows: Readonly<Record<string, Row<unknown>>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, { path }]) => [name, `${base}/${path}`]));

/** Every topic of the bridge with this base topic. */
export function topicsBelow(base: string): Topics {
  const { request, response, ...bridge } = BRIDGE_TOPICS;
  const { measure, ...mine } = PERSON_TOPICS;
  const made = (slug: string): PersonTopics => {
    const person = `${base}/people/${slug}`;
    return {
      ...(below(person, mine) as unknown as Fixed<typeof PERSON_TOPICS, "measure">),
      measure: (id) => `${person}/${measure.path.replace("<id>", id)}`,
    };
  };
  // Made once for each person of the configuration: making them is dearer than most documents.
  const people = new Map<string, PersonTopics>();
  return {
    ...(below(base, bridge) as unknown as Fixed<typeof BRIDGE_TOPICS, "request" | "response">),
    request: (command) => `${base}/${request.path.replace("<command>", command)}`,
    response: (command) => `${base}/${response.path.replace("<command>", command)}`,
    person(slug) {
      const topics = people.get(slug) ?? made(slug);
      people.set(slug, topics);
      return topics;
    },
  };
}
