import {
  applyProfile,
  type Clock,
  decide,
  type HintedWindow,
  type PersonApi,
  type PersonEvent,
  type SubscriptionReport,
  type SyncChange,
  type SyncedPerson,
  syncPoll,
  syncReread,
  syncWindow,
  type Verdict,
} from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { Hint, Message, Store, StoredPerson } from "../store/store.ts";

/** Settings of a person that syncing needs. */
interface SyncSettings {
  readonly slug: string;
  readonly ambiguous: SyncedPerson["ambiguous"];
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

/** One person's syncs: what core finds is committed with the events' outbox rows in one transaction. One call at a time. */
export class Syncer {
  readonly #input: SyncerInput;
  #stored: StoredPerson;

  constructor(input: SyncerInput) {
    this.#input = input;
    this.#stored = input.stored;
  }

  get stored(): StoredPerson {
    return this.#stored;
  }

  async followHints({ from, to, hints }: HintedWindow<Hint>, signal: AbortSignal): Promise<void> {
    const done = hints.map(({ id }) => id);
    // A window of months is not one weigh-in: a poll brings the same in bounded parts.
    if (to - from > LIMITS.widestHintS) {
      await this.poll(signal);
      const { state } = this.#stored;
      return this.#commit({ upserts: [], removals: [], events: [], state }, done);
    }
    await this.#commit(await syncWindow({ ...this.#sync(signal), window: { from, to } }), done);
  }

  async poll(signal: AbortSignal): Promise<void> {
    for await (const change of syncPoll(this.#sync(signal))) await this.#commit(change);
  }

  /** Looks at the recent past again: finds what was deleted unseen. */
  async reread(signal: AbortSignal): Promise<void> {
    const to = Math.floor(this.#input.clock.now() / 1000);
    const range = { from: to - LIMITS.rereadS, to };
    for await (const change of syncReread({ ...this.#sync(signal), range })) await this.#commit(change);
    await this.#input.store.saveReread(this.#stored.id, to);
    this.#stored = { ...this.#stored, rereadAt: to };
  }

  async readProfile(signal: AbortSignal): Promise<void> {
    const { api, clock } = this.#input;
    const profile = await api.profile({ signal });
    const change = applyProfile({ person: this.#person(), clock, profile });
    if (change) await this.#commit(change);
  }

  /** False where no such weigh-in is known. */
  async decide(weighInId: number, verdict: Verdict): Promise<boolean> {
    const { clock, store } = this.#input;
    const reader = store.reader(this.#stored.id);
    const change = await decide({ person: this.#person(), reader, clock, weighInId, verdict });
    if (change === undefined) return false;
    await this.#commit(change);
    return true;
  }

  async saveSubscription(report: SubscriptionReport): Promise<void> {
    await this.#input.store.saveSubscription(this.#stored.id, report);
    this.#stored = { ...this.#stored, subscription: report };
  }

  #person(): SyncedPerson {
    const { key, addedAt, cursor, state } = this.#stored;
    return { key, addedAt, cursor, state, ambiguous: this.#input.settings.ambiguous };
  }

  #sync(signal: AbortSignal) {
    const { api, store, clock } = this.#input;
    return { api, person: this.#person(), reader: store.reader(this.#stored.id), clock, signal };
  }

  async #commit(change: SyncChange, doneHints: readonly number[] = []): Promise<void> {
    const { store, toMessage, onCommitted } = this.#input;
    const { upserts, removals, events, cursor, state, verdict } = change;
    const isChanged = upserts.length + removals.length + events.length > 0 || verdict !== undefined;
    const isCursorSame = cursor === undefined || cursor === this.#stored.cursor;
    const isProfileNew = state.profile !== this.#stored.state.profile;
    if (!isChanged && isCursorSame && !isProfileNew && doneHints.length === 0) return;
    const seen = seenWith(this.#stored.seen, state);
    const isSeenNew = seen.length !== this.#stored.seen.length;
    await store.commitSync(this.#stored.id, {
      change,
      events: events.map(toMessage),
      doneHints,
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
