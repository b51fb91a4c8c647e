/** A measure as it travels: the value is `value × 10^unit`. */
export interface WireMeasure {
  readonly value: number;
  readonly type: number;
  readonly unit: number;
  /** The place on the body, as today's API sends it. */
  readonly position?: number;
}

/** A measure group as it travels. */
export interface WireGroup {
  readonly grpid: number;
  readonly attrib: number;
  readonly date: number;
  readonly category: number;
  readonly measures: readonly WireMeasure[];
  readonly comment?: string;
}

export interface Selection {
  readonly startDate?: number;
  readonly endDate?: number;
  readonly lastUpdate?: number;
  readonly category?: number;
  readonly measureType?: number;
}

/** Very many groups at even distances, made when they are asked for. They were all added at one time and are never edited. */
export interface Bulk {
  readonly count: number;
  readonly firstDate: number;
  readonly everyS: number;
  readonly addedAt: number;
}

/** A group with the times that today's API tells of it. */
export interface Dated {
  readonly group: WireGroup;
  readonly addedAt: number;
  readonly modifiedAt: number;
}

type Kept = Dated;

const BULK_IDS = 100_000_000;

/** The measure groups of one person. */
export class History {
  /** By ascending date, then id. */
  readonly #kept: Kept[] = [];
  #bulk: Bulk = { count: 0, firstDate: 0, everyS: 1, addedAt: 0 };

  get size(): number {
    return this.#kept.length + this.#bulk.count;
  }

  fill(bulk: Bulk): void {
    this.#bulk = bulk;
  }

  put(group: WireGroup, modifiedAt: number): void {
    const known = this.#kept.findLast((kept) => kept.group.grpid === group.grpid);
    this.remove(group.grpid);
    const at = this.#kept.findLastIndex((kept) => isBefore(kept.group, group));
    this.#kept.splice(at + 1, 0, { group, addedAt: known?.addedAt ?? modifiedAt, modifiedAt });
  }

  remove(grpid: number): WireGroup | undefined {
    const index = this.#kept.findLastIndex(({ group }) => group.grpid === grpid);
    return index === -1 ? undefined : this.#kept.splice(index, 1)[0]?.group;
  }

  find(grpid: number): WireGroup | undefined {
    return this.#kept.findLast(({ group }) => group.grpid === grpid)?.group;
  }

  /** The newest one with a measure of this type, of those that were added. */
  newestWith(type: number): WireGroup | undefined {
    const isFitting = ({ group }: Kept) => group.category === 1 && group.measures.some((one) => one.type === type);
    return this.#kept.findLast(isFitting)?.group;
  }

  /** The weight of the newest target. */
  newestTarget(): WireMeasure | undefined {
    const target = this.#kept.findLast(({ group }) => group.category === 2)?.group;
    return target?.measures.find(({ type }) => type === 1);
  }

  /** All of a selection, newest first, with their times. */
  dated(selection: Selection): Dated[] {
    const { startDate = -Infinity, endDate = Infinity, lastUpdate = -Infinity, category } = selection;
    const kept = this.#kept.filter(
      ({ group, modifiedAt }) =>
        group.date >= startDate &&
        group.date <= endDate &&
        modifiedAt >= lastUpdate &&
        (category === undefined || group.category === category),
    );
    const [low, high] = this.#bulkRange(selection);
    const { addedAt } = this.#bulk;
    for (let index = low; index <= high; index++)
      kept.push({ group: this.#bulkGroup(index), addedAt, modifiedAt: addedAt });
    return kept.toSorted((a, b) => b.group.date - a.group.date || b.group.grpid - a.group.grpid);
  }

  /** The newest added ones, newest first. */
  newest(count: number): WireGroup[] {
    return this.#kept
      .slice(-count)
      .reverse()
      .map(({ group }) => group);
  }

  /** Newest first. `total` counts what the selection holds, before offset and limit. */
  select(
    selection: Selection,
    offset: number,
    limit: number,
  ): { readonly groups: WireGroup[]; readonly total: number } {
    const kept = this.#selectKept(selection);
    const [low, high] = this.#bulkRange(selection);
    const total = kept.length + Math.max(0, high - low + 1);
    return { groups: this.#page(kept, [low, high], offset, limit), total };
  }

  /** A slice of the two sorted lists as one, newest first. */
  #page(
    kept: readonly WireGroup[],
    [low, high]: readonly [number, number],
    offset: number,
    limit: number,
  ): WireGroup[] {
    const groups: WireGroup[] = [];
    let skip = offset;
    let index = high;
    for (let next = 0; groups.length < limit && (next < kept.length || index >= low); next++) {
      const group = kept[next];
      // Whole runs of the bulk are skipped by arithmetic, so that a page far back costs no more than the first.
      const runEnd = group === undefined ? low : Math.max(low, this.#firstIndexNotBefore(group.date));
      const skipped = Math.min(skip, Math.max(0, index - runEnd + 1));
      skip -= skipped;
      index -= skipped;
      for (; index >= runEnd && groups.length < limit; index--) groups.push(this.#bulkGroup(index));
      if (group === undefined || groups.length >= limit) break;
      if (skip > 0) skip--;
      else groups.push(group);
    }
    return groups;
  }

  #selectKept({ startDate = -Infinity, endDate = Infinity, lastUpdate = -Infinity, ...more }: Selection): WireGroup[] {
    const { category, measureType } = more;
    const result: WireGroup[] = [];
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const { group, modifiedAt } = this.#kept[index] as Kept;
      if (group.date < startDate) break;
      if (group.date > endDate || modifiedAt < lastUpdate) continue;
      if (category !== undefined && group.category !== category) continue;
      const fitting = restricted(group, measureType);
      if (fitting) result.push(fitting);
    }
    return result;
  }

  #bulkRange({ startDate, endDate, lastUpdate, category, measureType }: Selection): [low: number, high: number] {
    const { count, addedAt } = this.#bulk;
    const isOut = (lastUpdate ?? 0) > addedAt || (category ?? 1) !== 1 || (measureType ?? 1) !== 1;
    if (isOut || count === 0) return [0, -1];
    const low = startDate === undefined ? 0 : Math.max(0, this.#firstIndexNotBefore(startDate));
    const high = endDate === undefined ? count - 1 : Math.min(count - 1, this.#firstIndexNotBefore(endDate + 1) - 1);
    return [low, high];
  }

  #firstIndexNotBefore(date: number): number {
    return Math.ceil((date - this.#bulk.firstDate) / this.#bulk.everyS);
  }

  #bulkGroup(index: number): WireGroup {
    const { firstDate, everyS } = this.#bulk;
    const measures = [{ value: 80_000 + (index % 1_000), type: 1, unit: -3 }];
    return { grpid: BULK_IDS + index, attrib: 0, date: firstDate + index * everyS, category: 1, measures };
  }
}

const isBefore = (a: WireGroup, b: WireGroup) => a.date < b.date || (a.date === b.date && a.grpid < b.grpid);

/** With a measure type, groups show only the measures of it. */
function restricted(group: WireGroup, measureType: number | undefined): WireGroup | undefined {
  if (measureType === undefined) return group;
  const measures = group.measures.filter(({ type }) => type === measureType);
  return measures.length === 0 ? undefined : { ...group, measures };
}
