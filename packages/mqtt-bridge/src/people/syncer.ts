import type {
  AmbiguousPolicy,
  Clock,
  GroupReader,
  PersonApi,
  PersonCommit,
  PersonEvent,
  PersonRecord,
  PersonStore,
  StoredHint,
  SubscriptionReport,
  SyncChange,
} from "@weighbridge/core";
import type { Message, Store, StoredPerson } from "../store/store.ts";

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
    const { change, memory, subscription, doneHints = [], triedHints = [] } = commit;
    const { id, cursor, state, seen } = this.#stored;
    const isChanged = change !== undefined && hasNews(change);
    const isCursorSame = change?.cursor === undefined || change.cursor === cursor;
    const isProfileNew = change !== undefined && change.state.profile !== state.profile;
    const isNothing = memory === undefined && subscription === undefined && doneHints.length + triedHints.length === 0;
    if (!isChanged && isCursorSame && !isProfileNew && isNothing) return;
    const seenNow = change === undefined ? seen : seenWith(seen, change.state);
    await store.commitSync(id, {
      ...commit,
      messages: change?.events.map(toMessage) ?? [],
      isStateChanged: isChanged || isProfileNew,
      ...(seenNow.length === seen.length ? {} : { seen: seenNow }),
    });
    this.#stored = {
      ...this.#stored,
      state: change?.state ?? state,
      cursor: change?.cursor ?? cursor,
      seen: seenNow,
      memory: memory ?? this.#stored.memory,
      subscription: subscription ?? this.#stored.subscription,
    };
    if (change && (isChanged || isProfileNew)) onCommitted(change);
  }
}

const hasNews = ({ upserts, removals, events, verdict }: SyncChange): boolean =>
  upserts.length + removals.length + events.length > 0 || verdict !== undefined;

/** The same array where nothing is new. */
function seenWith(seen: readonly string[], { latest }: SyncChange["state"]): readonly string[] {
  const fresh = Object.keys(latest).filter((key) => !seen.includes(key));
  return fresh.length === 0 ? seen : [...seen, ...fresh];
}
