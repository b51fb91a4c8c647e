import type {
  AmbiguousPolicy,
  Clock,
  GroupReader,
  PersonApi,
  PersonEvent,
  PersonRecord,
  PersonStore,
  SubscriptionReport,
  SyncChange,
} from "@weighbridge/core";
import type { Hint, Message, Store, StoredPerson } from "../store/store.ts";

interface SyncSettings {
  readonly slug: string;
  readonly ambiguous: AmbiguousPolicy;
}

export interface SyncerInput {
  readonly stored: StoredPerson;
  readonly settings: SyncSettings;
  readonly api: PersonApi;
  readonly store: Store;
  readonly clock: Clock;
  toMessage(event: PersonEvent): Message;
  /** After each commit that changed something; the events are on disk. */
  onCommitted(change: SyncChange): void;
}

/** One person's part of the store: what is committed goes with the events' outbox rows in one transaction. */
export class Syncer implements PersonStore<Hint> {
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

  get record(): PersonRecord {
    return this.#stored;
  }

  get api(): PersonApi {
    return this.#input.api;
  }

  get ambiguous(): AmbiguousPolicy {
    return this.#input.settings.ambiguous;
  }

  hints(limit: number): Promise<Hint[]> {
    return this.#input.store.hints(this.#stored.id, limit);
  }

  async saveReread(at: number): Promise<void> {
    await this.#input.store.saveReread(this.#stored.id, at);
    this.#stored = { ...this.#stored, rereadAt: at };
  }

  async saveSubscription(report: SubscriptionReport): Promise<void> {
    await this.#input.store.saveSubscription(this.#stored.id, report);
    this.#stored = { ...this.#stored, subscription: report };
  }

  async commit(change: SyncChange, followed: readonly Hint[]): Promise<void> {
    const { store, toMessage, onCommitted } = this.#input;
    const { upserts, removals, events, cursor, state, verdict } = change;
    const isChanged = upserts.length + removals.length + events.length > 0 || verdict !== undefined;
    const isCursorSame = cursor === undefined || cursor === this.#stored.cursor;
    const isProfileNew = state.profile !== this.#stored.state.profile;
    if (!isChanged && isCursorSame && !isProfileNew && followed.length === 0) return;
    const seen = seenWith(this.#stored.seen, state);
    const isSeenNew = seen.length !== this.#stored.seen.length;
    await store.commitSync(this.#stored.id, {
      change,
      events: events.map(toMessage),
      doneHints: followed.map(({ id }) => id),
      isStateChanged: isChanged || isProfileNew,
      ...(isSeenNew ? { seen } : {}),
    });
    this.#stored = { ...this.#stored, state, seen, cursor: cursor ?? this.#stored.cursor };
    if (isChanged || isProfileNew) onCommitted(change);
  }
}

/** The same array where nothing is new. */
function seenWith(seen: readonly string[], { latest }: SyncChange["state"]): readonly string[] {
  const fresh = Object.keys(latest).filter((key) => !seen.includes(key));
  return fresh.length === 0 ? seen : [...seen, ...fresh];
}
