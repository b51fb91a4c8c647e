import type { Profile } from "../../src/domain/profile.ts";
import type { AmbiguousPolicy, PersonEvent, Verdict } from "../../src/domain/weigh-in.ts";
import { wholeCommit } from "../../src/follow/record-after.ts";
import type { SyncChange, SyncedPerson } from "../../src/ports/person-store.ts";
import { FakePersonApi } from "../../src/testing/fake-person-api.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { MemoryPersonStore } from "../../src/testing/memory-person-store.ts";
import { decide } from "../../src/weigh-ins/decide.ts";
import { syncPoll } from "../../src/weigh-ins/poll.ts";
import { applyProfile } from "../../src/weigh-ins/profile.ts";
import { syncReread } from "../../src/weigh-ins/reread.ts";
import { syncWideWindow, syncWindow } from "../../src/weigh-ins/window.ts";

/** A person, their API and their store; commits every change as the follower does. */
export class Host {
  readonly api: FakePersonApi;
  readonly store: MemoryPersonStore;
  readonly clock = new ManualClock(1_000_000_000);
  ambiguous: AmbiguousPolicy;
  #isCommitLost = false;

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
    await this.#commitAll(syncPoll(this.#input()));
  }

  async hint(from: number, to = from + 1): Promise<void> {
    await this.#commit(await syncWindow({ ...this.#input(), window: { from, to } }));
  }

  async wideHint(from: number, to: number): Promise<void> {
    await this.#commitAll(syncWideWindow({ ...this.#input(), window: { from, to } }));
  }

  async reread(): Promise<void> {
    await this.#commitAll(syncReread(this.#input()));
  }

  async profile(profile: Profile): Promise<void> {
    const change = applyProfile({ ...this.#input(), profile });
    if (change) await this.#commit(change);
  }

  async decide(weighInId: number, verdict: Verdict): Promise<string> {
    const decision = await decide({ ...this.#input(), weighInId, verdict });
    if (typeof decision === "string") return decision;
    await this.#commit(decision);
    return "done";
  }

  /** Both clocks. */
  async wait(seconds: number): Promise<void> {
    this.api.now += seconds;
    await this.clock.advance(seconds * 1000);
  }

  /** Does something whose commit never reaches the disk, as in a crash. */
  async loseCommit(work: () => Promise<void>): Promise<void> {
    this.#isCommitLost = true;
    await work();
    this.#isCommitLost = false;
  }

  async #commitAll(changes: AsyncIterable<SyncChange>): Promise<void> {
    for await (const change of changes) await this.#commit(change);
  }

  async #commit(change: SyncChange): Promise<void> {
    if (this.#isCommitLost) return;
    await this.store.commit(wholeCommit(this.store.record, { change }));
  }

  #input() {
    return { api: this.api, person: this.person, reader: this.store.groups, clock: this.clock };
  }
}
