import { DOCUMENT_SCHEMA, type EpochSeconds, isoTime, type Problem, type SubscriptionReport } from "@weighbridge/core";
import { LIMITS } from "./limits.ts";
import type { CallbackCounts, InfoDocument, WaitingDocument } from "./messages/bridge-documents.ts";
import { type StatusDocument, type SubscriptionDocument, subscriptionOf } from "./messages/person-documents.ts";
import type { Store, Waiting } from "./store/store.ts";

/** Callbacks since the start, by outcome. */
interface CallbackOutcomes {
  readonly taken: number;
  readonly others: number;
  readonly probes: number;
  readonly unknownUsers: number;
  readonly malformed: number;
  readonly refused: number;
  readonly failed: number;
  readonly dropped: number;
}

/** How the bridge stands: everything that reports on it is made from this. */
export interface BridgeStatus {
  readonly version: string;
  readonly generation: string;
  readonly people: number;
  /** People who have not consented yet, by slug. */
  readonly waitingForConsent: readonly string[];
  readonly lastNotificationAt: EpochSeconds | null;
  readonly waiting: Waiting;
  /** Fields of API answers that could not be read since the start: what they belong to is left out. */
  readonly unreadableFields: number;
  /** Null where the bridge only polls. */
  readonly callbacks: CallbackOutcomes | null;
}

/** How one person stands. */
export interface PersonStatus {
  readonly slug: string;
  /** The fault that keeps the account from answering. */
  readonly problem: Problem | null;
  readonly subscription: SubscriptionReport | null;
  readonly lastPollAt: EpochSeconds | null;
  readonly nextPollAt: EpochSeconds | null;
  /** When the oldest waiting hint was taken; null where none waits. */
  readonly oldestHintAt: EpochSeconds | null;
  readonly lastWeighInAt: EpochSeconds | null;
}

export interface StatusInput {
  readonly version: string;
  readonly generation: string;
  readonly people: number;
  readonly waitingForConsent: readonly string[];
  readonly store: Pick<Store, "counts">;
  unreadableFields(): number;
  /** Null where the bridge only polls. */
  callbacks(): { readonly outcomes: CallbackOutcomes; readonly lastTakenAt: EpochSeconds | null } | null;
}

/** Reads how the bridge stands from where it is counted. */
export class Status {
  readonly #input: StatusInput;
  #waiting: Waiting = { hints: 0, oldestHintAt: null, owed: 0, oldestOwedAt: null, parked: 0 };

  constructor(input: StatusInput) {
    this.#input = input;
  }

  /** With the waiting rows as they were counted last. */
  get latest(): BridgeStatus {
    const { version, generation, people, waitingForConsent, unreadableFields, callbacks } = this.#input;
    const { outcomes = null, lastTakenAt = null } = callbacks() ?? {};
    return {
      version,
      generation,
      people,
      waitingForConsent,
      lastNotificationAt: lastTakenAt,
      waiting: this.#waiting,
      unreadableFields: unreadableFields(),
      callbacks: outcomes,
    };
  }

  /** Counts the waiting rows, too. */
  async read(): Promise<BridgeStatus> {
    this.#waiting = await this.#input.store.counts();
    return this.latest;
  }
}

interface PersonHealth extends Omit<StatusDocument, "schema"> {
  readonly person: string;
  readonly subscription: SubscriptionDocument["status"];
  readonly oldest_hint: string | null;
}

/** The answer to a `health` request. */
export interface HealthDocument extends WaitingDocument {
  readonly callbacks: CallbackCounts | null;
  /** People who have not consented yet; of many the first. */
  readonly waiting_for_consent: readonly string[];
  readonly people: readonly PersonHealth[];
}

const time = (seconds: EpochSeconds | null) => (seconds === null ? null : isoTime(seconds));

/** Its size does not depend on the number of people. */
export const infoDocument = ({ version, generation, people, ...status }: BridgeStatus): InfoDocument => ({
  schema: DOCUMENT_SCHEMA,
  version,
  generation,
  people,
  waiting_for_consent: status.waitingForConsent.length,
  last_notification: time(status.lastNotificationAt),
  waiting: waitingDocument(status.waiting),
  unreadable_fields: status.unreadableFields,
  callbacks: callbackCounts(status.callbacks),
});

export const statusDocument = (person: PersonStatus): StatusDocument => ({
  schema: DOCUMENT_SCHEMA,
  ...figures(person),
});

export const healthDocument = (bridge: BridgeStatus, people: readonly PersonStatus[]): HealthDocument => ({
  ...waitingDocument(bridge.waiting),
  callbacks: callbackCounts(bridge.callbacks),
  waiting_for_consent: bridge.waitingForConsent.slice(0, LIMITS.slugsNamed),
  people: people.map((person) => ({
    person: person.slug,
    ...figures(person),
    subscription: subscriptionOf(person.subscription).status,
    oldest_hint: time(person.oldestHintAt),
  })),
});

const figures = ({ problem, lastPollAt, nextPollAt, lastWeighInAt }: PersonStatus) => ({
  problem,
  last_poll: time(lastPollAt),
  next_poll: time(nextPollAt),
  last_weigh_in: time(lastWeighInAt),
});

const waitingDocument = ({ hints, oldestHintAt, owed, parked }: Waiting): WaitingDocument => ({
  hints,
  oldest_hint: time(oldestHintAt),
  owed,
  parked,
});

function callbackCounts(outcomes: CallbackOutcomes | null): CallbackCounts | null {
  if (outcomes === null) return null;
  const { taken, others, probes, unknownUsers, malformed, refused, failed, dropped } = outcomes;
  return { taken, others, probes, unknown_users: unknownUsers, malformed, refused, failed, dropped };
}
