import type { Clock, EpochSeconds, PersonChange, Window } from "@weighbridge/core";
import type { People } from "../people/people.ts";
import type { PeopleStore } from "../store/store.ts";

export interface InboxInput {
  readonly people: People;
  readonly store: PeopleStore;
  readonly clock: Clock;
  /** A hint of this person is on disk. */
  onTaken(personId: number): void;
  /** The API says that something about the person changed. */
  onChanged(personId: number): void;
}

/** Stores the hints of known people. */
export class Inbox {
  readonly #input: InboxInput;
  #lastTakenAt: EpochSeconds | null = null;

  constructor(input: InboxInput) {
    this.#input = input;
  }

  /** When the last notification of a known person came. */
  get lastTakenAt(): EpochSeconds | null {
    return this.#lastTakenAt;
  }

  /**
   * The person unlinked the application, deleted the account, or changed: nothing proves that the API said so, so that a poll asks it. Resolves
   * when its hint is on disk.
   */
  takeChange(accountId: string, userId: string, change: PersonChange): Promise<void> | undefined {
    const person = this.#input.people.byUserId(accountId, userId);
    if (change !== "update") person?.today?.announce(change);
    const taken = this.take(accountId, userId, null);
    return person && taken?.then(() => this.#input.onChanged(person.rows.stored.id));
  }

  /** Resolves when the hint is on disk; undefined where nobody of this userid is configured for the account. */
  take(accountId: string, userId: string, window: Window | null): Promise<void> | undefined {
    const { people, store, clock, onTaken } = this.#input;
    const person = people.byUserId(accountId, userId);
    if (person === undefined) return undefined;
    const { id } = person.rows.stored;
    const takenAt = Math.floor(clock.now() / 1000);
    this.#lastTakenAt = takenAt;
    return store.takeHint(id, window, takenAt).then(() => onTaken(id));
  }
}
