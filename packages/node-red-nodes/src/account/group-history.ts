import type { EpochSeconds, GroupReader, MeasureGroup, Window } from "@weighbridge/core";

/** More at once are sorted together instead of inserted one by one. */
const FEW = 100;

const byTime = (a: MeasureGroup, b: MeasureGroup): number => a.measuredAt - b.measuredAt || a.id - b.id;

/** All stored groups of a person, in memory, sorted: a weigh-in among tens of thousands must not hold up Node-RED. */
export class GroupHistory implements Pick<GroupReader, "between" | "byIds" | "before" | "span"> {
  readonly #most: number;
  #sorted: MeasureGroup[] = [];
  readonly #byId = new Map<number, MeasureGroup>();

  /** `most`: with more groups the oldest are forgotten. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#sorted.length;
  }

  put(groups: readonly MeasureGroup[]): void {
    for (const { id } of groups) this.remove(id);
    for (const group of groups) this.#byId.set(group.id, group);
    if (groups.length <= FEW) for (const group of groups) this.#sorted.splice(this.#indexOf(group), 0, group);
    else this.#sorted = this.#sorted.concat(groups).sort(byTime);
    const surplus = this.#sorted.splice(0, Math.max(0, this.#sorted.length - this.#most));
    for (const { id } of surplus) this.#byId.delete(id);
  }

  remove(id: number): void {
    const group = this.#byId.get(id);
    if (group === undefined) return;
    this.#byId.delete(id);
    this.#sorted.splice(this.#indexOf(group), 1);
  }

  async between(from: EpochSeconds, to: EpochSeconds): Promise<readonly MeasureGroup[]> {
    return this.#sorted.slice(this.#firstAt(from), this.#firstAt(to + 1));
  }

  async byIds(ids: readonly number[]): Promise<readonly MeasureGroup[]> {
    return ids.flatMap((id) => this.#byId.get(id) ?? []).sort(byTime);
  }

  async before(to: EpochSeconds, limit: number): Promise<readonly MeasureGroup[]> {
    const end = this.#firstAt(to + 1);
    return this.#sorted.slice(Math.max(0, end - limit), end);
  }

  async span(): Promise<Window | null> {
    const [oldest, newest] = [this.#sorted[0], this.#sorted.at(-1)];
    return oldest && newest ? { from: oldest.measuredAt, to: newest.measuredAt } : null;
  }

  /** Everything, in parts of at most `size`. */
  *parts(size: number): Generator<readonly MeasureGroup[]> {
    for (let from = 0; from < this.#sorted.length; from += size) yield this.#sorted.slice(from, from + size);
  }

  #firstAt(measuredAt: EpochSeconds): number {
    return this.#search((group) => group.measuredAt < measuredAt);
  }

  /** Index at which the group stands, or would stand. */
  #indexOf(group: MeasureGroup): number {
    return this.#search((other) => byTime(other, group) < 0);
  }

  /** How many groups at the beginning are `isEarlier`. */
  #search(isEarlier: (group: MeasureGroup) => boolean): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isEarlier(this.#sorted[middle] as MeasureGroup)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
