import { eventDocument, massIn, type PersonEvent, type SyncChange } from "@weighbridge/core";
import { type Log, type LogFields, type LogLevel, tapped } from "../log.ts";
import { publishedEvent } from "../messages/published-keys.ts";
import type { People } from "../people/people.ts";
import type { Reports } from "../people/reports.ts";
import type { EntryKind } from "./contract.ts";
import type { Counters } from "./counters.ts";
import type { Recent } from "./recent.ts";

export interface FeedInput {
  readonly log: Log;
  readonly recent: Recent;
  readonly counters: Counters;
  /** Undefined while they are opened. */
  people(): People | undefined;
  /** Something that the status shows has changed. */
  statusChanged(): void;
}

/** Outcomes of callbacks that stand in the list. Calls of unknown paths do not: a scanner would push everything else out. */
const CALLBACKS: Readonly<Record<string, string>> = {
  others: "A callback told of data that nobody follows",
  probes: "The API tried the callback URL",
  unknownUsers: "A callback named a person who is not followed here",
  malformed: "A callback was malformed",
  failed: "A callback could not be stored",
};

/** Writes what happens into the list of recent entries. */
export class Feed implements Reports {
  /** Writes on to the bridge's log. */
  readonly log: Log;
  readonly #input: FeedInput;

  constructor(input: FeedInput) {
    this.#input = input;
    this.log = tapped(input.log, (...entry) => this.#logged(...entry));
  }

  committed(personId: number, { events }: SyncChange): void {
    for (const event of events) {
      this.#input.counters.happened(event.kind);
      this.#happened(personId, event);
    }
    this.#input.statusChanged();
  }

  problem(): void {
    this.#input.statusChanged();
  }

  subscription(): void {
    this.#input.statusChanged();
  }

  changed(): void {
    this.#input.statusChanged();
  }

  /** A figure that the status shows has changed, such as the next poll. */
  moved(): void {
    this.#input.statusChanged();
  }

  /** The hint of a callback is on disk. */
  taken(personId: number): void {
    const { recent, people } = this.#input;
    const person = people()?.byId(personId).config.slug ?? null;
    recent.add({ kind: "callback", person, code: "taken", words: "The API called: something changed" });
  }

  /** A callback was answered. */
  answered(outcome: string): void {
    const words = CALLBACKS[outcome];
    if (words !== undefined) this.#input.recent.add({ kind: "callback", person: null, code: outcome, words });
  }

  #happened(personId: number, event: PersonEvent): void {
    const config = this.#input.people()?.byId(personId).config;
    if (config === undefined) return;
    const { slug, name, weight_unit: unit } = config;
    const published = publishedEvent(event, config);
    // Gender and birth date are nobody's news.
    const { profile: _profile, ...told } = published;
    const data = eventDocument(told, { who: { person: slug, name }, unit });
    const { weight } = published.values;
    const words = weight === undefined ? event.kind : `${event.kind}: ${massIn(unit, weight)} ${unit}`;
    this.#input.recent.add({ kind: "event", person: slug, code: event.kind, words, data: { ...data } });
  }

  #logged(level: LogLevel, message: string, fields: LogFields): void {
    const { person, ...data } = fields;
    const kind: EntryKind = "remedy" in fields ? "problem" : "log";
    const reason = fields["message"] ?? fields["reason"];
    this.#input.recent.add({
      ...{ kind, code: String(fields["code"] ?? level), data: { level, ...data } },
      person: typeof person === "string" ? person : null,
      words: reason === undefined ? message : `${message}: ${reason}`,
    });
    this.#input.statusChanged();
  }
}
