import {
  type GroupReader,
  type PersonCommit,
  type PersonEvent,
  type PersonRecord,
  type PersonStore,
  recordAfter,
  type StoredHint,
  type SyncChange,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Message, PeopleStore, StoredPerson } from "../store/store.ts";
import { heldChangeOf } from "./held.ts";

export interface PersonRowsInput {
  readonly stored: StoredPerson;
  readonly store: PeopleStore;
  /** Undefined for an event that is not published. */
  toMessage(event: PersonEvent): Message | undefined;
  /** After each commit that changed something; the events are on disk. */
  onCommitted(change: SyncChange): void;
}

/** One person's rows in the store: a commit of the follower and the outbox rows of its events are one transaction. */
export class PersonRows implements PersonStore {
  readonly groups: GroupReader;
  readonly #input: PersonRowsInput;
  #stored: StoredPerson;

  constructor(input: PersonRowsInput) {
    this.#input = input;
    this.#stored = input.stored;
    this.groups = input.store.reader(input.stored.id);
  }

  get stored(): StoredPerson {
    return this.#stored;
  }

  async load(): Promise<PersonRecord> {
    return this.#stored;
  }

  hints(limit: number): Promise<StoredHint[]> {
    return this.#input.store.hints(this.#stored.id, limit);
  }

  async commit(commit: PersonCommit): Promise<void> {
    const { store, toMessage, onCommitted } = this.#input;
    const { change } = commit;
    const { id, state, seen } = this.#stored;
    const isStateChanged = change !== undefined && (hasNews(change) || change.state.profile !== state.profile);
    if (!isStateChanged && isIdle(this.#stored, commit)) return;
    const seenNow = change === undefined ? seen : seenWith(seen, change.state);
    const messages = change?.events.map(toMessage).filter((message) => message !== undefined) ?? [];
    const isSeenNew = seenNow.length !== seen.length;
    const held = change && heldChangeOf(change, this.#stored.held);
    await store.commitSync(id, {
      ...{ ...commit, messages, isStateChanged },
      ...(isSeenNew && { seen: seenNow }),
      ...(held && { held }),
    });
    const heldNow = held ? await store.held(id) : this.#stored.held;
    this.#stored = { ...recordAfter(this.#stored, commit), seen: seenNow, held: heldNow };
    if (change && isStateChanged) onCommitted(change);
  }
}

/** Nothing beside the state would be written. */
function isIdle(stored: StoredPerson, commit: PersonCommit): boolean {
  const { change, memory, subscription, doneHints = [], triedHints = [] } = commit;
  const isCursorSame = change?.cursor === undefined || change.cursor === stored.cursor;
  return (
    isCursorSame && memory === undefined && subscription === undefined && doneHints.length + triedHints.length === 0
  );
}

const hasNews = ({ upserts, removals, events, verdicts }: SyncChange): boolean =>
  upserts.length + removals.length + events.length > 0 || verdicts !== undefined;

/** The same array where nothing is new. Bounded, since each key becomes a topic and an entity; known types go first. */
function seenWith(seen: readonly string[], { latest }: SyncChange["state"]): readonly string[] {
  const room = LIMITS.measuresAdvertised - seen.length;
  if (room <= 0) return seen;
  const known = new Set(seen);
  const fresh = Object.keys(latest).filter((key) => !known.has(key));
  const isUnknown = (key: string) => Number(key.startsWith("type_"));
  const first = fresh.length > room ? fresh.toSorted((a, b) => isUnknown(a) - isUnknown(b)).slice(0, room) : fresh;
  return first.length === 0 ? seen : [...seen, ...first];
}
