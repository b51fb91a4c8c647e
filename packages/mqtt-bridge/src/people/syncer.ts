import {
  type AmbiguousPolicy,
  type Clock,
  type GroupReader,
  type PersonApi,
  type PersonCommit,
  type PersonEvent,
  type PersonRecord,
  type PersonStore,
  recordAfter,
  type StoredHint,
  type SubscriptionReport,
  type SyncChange,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Message, PeopleStore, StoredPerson } from "../store/store.ts";

interface SyncSettings {
  readonly slug: string;
  readonly ambiguous: AmbiguousPolicy;
}

export interface SyncerInput {
  readonly stored: StoredPerson;
  readonly settings: SyncSettings;
  readonly api: PersonApi;
  readonly store: PeopleStore;
  readonly clock: Clock;
  toMessage(event: PersonEvent): Message;
  /** After each commit that changed something; the events are on disk. */
  onCommitted(change: SyncChange): void;
}

/** One person's part of the store: what is committed goes with the events' outbox rows in one transaction. */
export class Syncer implements PersonStore {
  readonly groups: GroupReader;
  readonly #input: SyncerInput;
  #stored: StoredPerson;

  constructor(input: SyncerInput) {
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

  get api(): PersonApi {
    return this.#input.api;
  }

  get ambiguous(): AmbiguousPolicy {
    return this.#input.settings.ambiguous;
  }

  hints(limit: number): Promise<StoredHint[]> {
    return this.#input.store.hints(this.#stored.id, limit);
  }

  saveSubscription(subscription: SubscriptionReport): Promise<void> {
    return this.commit({ subscription });
  }

  async commit(commit: PersonCommit): Promise<void> {
    const { store, toMessage, onCommitted } = this.#input;
    const { change } = commit;
    const { id, state, seen } = this.#stored;
    const isStateChanged = change !== undefined && (hasNews(change) || change.state.profile !== state.profile);
    if (!isStateChanged && isIdle(this.#stored, commit)) return;
    const seenNow = change === undefined ? seen : seenWith(seen, change.state);
    const messages = change?.events.map(toMessage) ?? [];
    const isSeenNew = seenNow.length !== seen.length;
    await store.commitSync(id, { ...commit, messages, isStateChanged, ...(isSeenNew && { seen: seenNow }) });
    this.#stored = { ...recordAfter(this.#stored, commit), seen: seenNow };
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
