import type { FollowProblem, SubscriptionReport } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { People } from "../people/people.ts";
import type { Reports } from "../people/reports.ts";
import type { AllDocuments } from "./all-documents.ts";
import type { BridgeEvents } from "./bridge-events.ts";
import type { Publisher } from "./publisher.ts";
import type { RetainedDocuments } from "./retained-documents.ts";

export interface PersonReportsInput {
  readonly log: Log;
  readonly people: () => People;
  readonly documents: () => AllDocuments;
  readonly retained: () => RetainedDocuments;
  readonly publisher: () => Publisher;
  readonly events: BridgeEvents;
  onCommitted?(): void;
}

/** Publishes what becomes of a person: documents, events of the outbox, warnings. */
export class PersonReports implements Reports {
  readonly #input: PersonReportsInput;
  /** How many measures each person had when discovery was published last. */
  readonly #measures = new Map<number, number>();

  constructor(input: PersonReportsInput) {
    this.#input = input;
  }

  /** The person's rows were read at the start, with so many measures. */
  began(personId: number, measures: number): void {
    this.#measures.set(personId, measures);
  }

  /** A commit is on disk. */
  committed(personId: number): void {
    const { people, publisher, retained, onCommitted, log } = this.#input;
    onCommitted?.();
    this.#publishDocuments(personId);
    publisher().pump();
    const { config, rows } = people().byId(personId);
    const measures = rows.stored.seen.length;
    if (measures === this.#measures.get(personId)) return;
    this.#measures.set(personId, measures);
    retained().publishDiscoverySoon(personId);
    if (measures >= LIMITS.measuresAdvertised)
      log.warn("The API names too many measures; further ones get no topic and no entity", {
        person: config.slug,
        limit: measures,
      });
  }

  problem(personId: number, problem: FollowProblem | null): void {
    this.#publishDocuments(personId);
    const { slug: person } = this.#input.people().byId(personId).config;
    this.#input.events.warn(
      problem === null ? { event: "account_recovered", person } : { event: "account_problem", person, ...problem },
    );
  }

  /** `isNews`: the problem, or that there is none any more, was not reported before. */
  subscription(personId: number, { problem }: SubscriptionReport, isNews: boolean): void {
    this.#publishDocuments(personId);
    if (!problem || !isNews) return;
    const { slug: person } = this.#input.people().byId(personId).config;
    this.#input.events.warn({ event: "subscription_failed", person, ...problem });
  }

  /** Something beside the rows of a person changed. */
  changed(personId: number): void {
    this.#publishDocuments(personId);
  }

  #publishDocuments(personId: number): void {
    const { people, documents, retained } = this.#input;
    // Documents that are dropped while the broker is away come with all others when it is back.
    retained().publish(documents().changedOf(people().byId(personId)));
  }
}
