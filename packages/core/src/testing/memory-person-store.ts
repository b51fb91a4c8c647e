import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { PersonEvent } from "../domain/weigh-in.ts";
import type { Window } from "../domain/window.ts";
import { admitHint } from "../follow/hints.ts";
import { recordAfter } from "../follow/record-after.ts";
import type {
  GroupReader,
  PersonCommit,
  PersonRecord,
  PersonStore,
  StoredHint,
  StoredVerdict,
} from "../ports/person-store.ts";
import { emptyPersonState } from "../weigh-ins/state.ts";

/** A store that forgets at the end of the process. Everything passes through JSON, as on a disk. */
export class MemoryPersonStore implements PersonStore {
  readonly groups: GroupReader;
  /** Every event that was ever committed, oldest first. */
  readonly events: PersonEvent[] = [];
  /** Every commit, oldest first. */
  readonly commits: PersonCommit[] = [];
  /** How often groups were read. */
  reads = 0;
  #record: PersonRecord;
  readonly #groups = new Map<number, MeasureGroup>();
  readonly #verdicts = new Map<number, StoredVerdict>();
  readonly #eventCounts = new Map<number, number>();
  #hints: StoredHint[] = [];
  #lastHintId = 0;

  constructor(record: Partial<PersonRecord> = {}) {
    const nothing = { cursor: null, state: emptyPersonState(), subscription: null, memory: {} };
    this.#record = { key: "wbs:29", addedAt: 0, ...nothing, ...record };
    this.groups = this.#reader();
  }

  get record(): PersonRecord {
    return this.#record;
  }

  /** Every stored group, by ascending time. */
  get stored(): MeasureGroup[] {
    return this.#sorted(() => true);
  }

  async load(): Promise<PersonRecord> {
    return copied(this.#record);
  }

  async hints(limit: number): Promise<readonly StoredHint[]> {
    return copied(this.#hints.slice(-limit).reverse());
  }

  async takeHint(window: Window | null, takenAt: EpochSeconds): Promise<void> {
    const { dropped, added } = admitHint(this.#hints, window);
    this.#hints = this.#hints.filter(({ id }) => !dropped.includes(id));
    for (const one of added) this.#hints.push({ id: ++this.#lastHintId, window: one, takenAt, tries: 0, nextAt: 0 });
  }

  async commit(commit: PersonCommit): Promise<void> {
    const own = copied(commit);
    const { change, doneHints = [], triedHints = [] } = own;
    this.commits.push(commit);
    this.#record = recordAfter(this.#record, own);
    this.#hints = this.#hints
      .filter(({ id }) => !doneHints.includes(id))
      .map((hint) => ({ ...hint, ...triedHints.find(({ id }) => id === hint.id) }));
    if (change === undefined) return;
    for (const id of change.removals) this.#groups.delete(id);
    for (const group of change.upserts) this.#groups.set(group.id, group);
    for (const { weighInId, verdict } of change.verdicts ?? []) this.#verdicts.set(weighInId, verdict);
    for (const { subjectId } of change.events)
      if (subjectId !== null) this.#eventCounts.set(subjectId, (this.#eventCounts.get(subjectId) ?? 0) + 1);
    for (const event of change.events) this.events.push(event);
  }

  #reader(): GroupReader {
    return {
      between: async (from, to) => this.#read(({ measuredAt }) => measuredAt >= from && measuredAt <= to),
      byIds: async (ids) => {
        const wanted = new Set(ids);
        return this.#read(({ id }) => wanted.has(id));
      },
      before: async (to, limit) => this.#read(({ measuredAt }) => measuredAt <= to, limit),
      span: async () => {
        const all = this.#sorted(() => true);
        const [oldest, newest] = [all[0], all.at(-1)];
        return oldest && newest ? { from: oldest.measuredAt, to: newest.measuredAt } : null;
      },
      verdicts: async (ids) => picked(this.#verdicts, ids),
      eventCounts: async (ids) => picked(this.#eventCounts, ids),
    };
  }

  #read(isAsked: (group: MeasureGroup) => boolean, limit = Infinity): MeasureGroup[] {
    this.reads += 1;
    return this.#sorted(isAsked, limit);
  }

  #sorted(isAsked: (group: MeasureGroup) => boolean, limit = Infinity): MeasureGroup[] {
    const found = [...this.#groups.values()].filter(isAsked);
    return copied(found.sort((a, b) => a.measuredAt - b.measuredAt || a.id - b.id).slice(-limit));
  }
}

const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const picked = <V>(all: ReadonlyMap<number, V>, ids: readonly number[]): Map<number, V> => {
  const found = new Map<number, V>();
  for (const id of ids) {
    const value = all.get(id);
    if (value !== undefined) found.set(id, value);
  }
  return found;
};
