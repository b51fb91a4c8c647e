import type { AmbiguousPolicy, PersonEvent, Verdict } from "../../src/domain/weigh-in.ts";
import type { SyncChange, SyncedPerson } from "../../src/ports/person-store.ts";
import { FakePersonApi } from "../../src/testing/fake-person-api.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { MemoryPersonStore } from "../../src/testing/memory-person-store.ts";
import { decide, syncPoll, syncReread, syncWindow } from "../../src/weigh-ins/sync.ts";

/** A person, their API and their store; commits every change as the follower does. */
export class Host {
  readonly api: FakePersonApi;
  readonly store: MemoryPersonStore;
  readonly clock = new ManualClock(1_000_000_000);
  ambiguous: AmbiguousPolicy;

  constructor({ ambiguous = "hold" as AmbiguousPolicy, addedAt = 0, api = new FakePersonApi() } = {}) {
    this.api = api;
    this.ambiguous = ambiguous;
    this.store = new MemoryPersonStore({ addedAt });
  }

  get person(): SyncedPerson {
    return { ...this.store.record, ambiguous: this.ambiguous };
  }

  get events(): PersonEvent[] {
    return this.store.events;
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  get changes(): SyncChange[] {
    return this.store.commits.flatMap(({ change }) => (change ? [change] : []));
  }

  async poll(): Promise<void> {
    for await (const change of syncPoll(this.#input())) await this.store.commit({ change });
  }

  async hint(from: number, to = from + 1): Promise<void> {
    const change = await syncWindow({ ...this.#input(), window: { from, to } });
    await this.store.commit({ change });
  }

  async reread(from: number, to: number): Promise<void> {
    for await (const change of syncReread({ ...this.#input(), range: { from, to } }))
      await this.store.commit({ change });
  }

  async decide(weighInId: number, verdict: Verdict): Promise<boolean> {
    const change = await decide({ ...this.#input(), weighInId, verdict });
    if (change) await this.store.commit({ change });
    return change !== undefined;
  }

  #input() {
    return { api: this.api, person: this.person, reader: this.store.groups, clock: this.clock };
  }
}
