import { ManualClock } from "../../src/clock.ts";
import type { MeasureGroup } from "../../src/domain/measure-group.ts";
import type { AmbiguousPolicy, PersonEvent, Verdict } from "../../src/domain/weigh-in.ts";
import type { GroupReader, SyncChange, SyncedPerson } from "../../src/ports/person-store.ts";
import { emptyPersonState } from "../../src/weigh-ins/state.ts";
import { decide, syncPoll, syncReread, syncWindow } from "../../src/weigh-ins/sync.ts";
import { FakeApi } from "./fake-api.ts";

/** What every host does with sync: keeps groups, commits changes, collects events. */
export class Host {
  readonly api: FakeApi;
  readonly clock = new ManualClock(1_000_000_000);
  readonly events: PersonEvent[] = [];
  readonly changes: SyncChange[] = [];
  readonly stored = new Map<number, MeasureGroup>();
  readonly verdicts = new Map<number, Verdict>();
  readonly counts = new Map<number, number>();
  reads = 0;
  person: SyncedPerson;

  constructor({ ambiguous = "hold" as AmbiguousPolicy, addedAt = 0, api = new FakeApi() } = {}) {
    this.api = api;
    this.person = { key: "wbs:29", addedAt, ambiguous, cursor: null, state: emptyPersonState() };
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  readonly reader: GroupReader = {
    between: async (from, to) => this.#sorted(({ measuredAt }) => measuredAt >= from && measuredAt <= to),
    byIds: async (ids) => this.#sorted(({ id }) => ids.includes(id)),
    before: async (to, limit) => this.#sorted(({ measuredAt }) => measuredAt <= to).slice(-limit),
    eventCounts: async (ids) => new Map([...this.counts].filter(([id]) => ids.includes(id))),
    verdicts: async (ids) => new Map([...this.verdicts].filter(([id]) => ids.includes(id))),
  };

  #sorted(test: (group: MeasureGroup) => boolean): MeasureGroup[] {
    this.reads += 1;
    return [...this.stored.values()].filter(test).sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id);
  }

  async poll(): Promise<void> {
    for await (const change of syncPoll(this.#input())) this.#commit(change);
  }

  async hint(from: number, to = from + 1): Promise<void> {
    this.#commit(await syncWindow({ ...this.#input(), window: { from, to } }));
  }

  async reread(from: number, to: number): Promise<void> {
    for await (const change of syncReread({ ...this.#input(), range: { from, to } })) this.#commit(change);
  }

  async decide(weighInId: number, verdict: Verdict): Promise<boolean> {
    const change = await decide({ ...this.#input(), weighInId, verdict });
    if (change) this.#commit(change);
    return change !== undefined;
  }

  #input() {
    return { api: this.api, person: this.person, reader: this.reader, clock: this.clock };
  }

  /** Through JSON, as a real host's storage. */
  #commit(change: SyncChange): void {
    const { upserts, removals, events, state, cursor, verdict } = JSON.parse(JSON.stringify(change)) as SyncChange;
    for (const id of removals) this.stored.delete(id);
    for (const group of upserts) this.stored.set(group.id, group);
    if (verdict) this.verdicts.set(verdict.weighInId, verdict.verdict);
    for (const { subjectId } of events)
      if (subjectId !== null) this.counts.set(subjectId, (this.counts.get(subjectId) ?? 0) + 1);
    this.events.push(...events);
    this.changes.push(change);
    this.person = { ...this.person, state, cursor: cursor ?? this.person.cursor };
  }
}
