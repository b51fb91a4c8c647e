import type { MeasureGroup } from "../domain/measure-group.ts";
import type { MeasurePage } from "../domain/measure-page.ts";
import { UnexpectedResponseError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

export interface PageLimits {
  /** Groups asked for per request; at least 3. */
  readonly pageLimit: number;
  /** Requests per walk. */
  readonly maxPages: number;
}

interface WalkOptions extends PageLimits {
  /** Everything is asked for: one more request looks behind the last group, for a server that sends less than asked for and says nothing. */
  readonly isComplete: boolean;
}

interface Part {
  readonly limit: number;
  readonly offset: number;
}

/**
 * Walks a list that is counted from its newest end while it may change.
 *
 * Each request overlaps the one before by a group, the anchor. Groups added above push the anchor further down the page: what comes
 * again is dropped by id. Groups deleted above pull it off the page, and with it perhaps groups that nobody has seen: then the walk
 * begins again, and only what is new is given on. So whatever is there from the start to the end is given exactly once.
 */
export async function* paginate(
  fetchPage: (part: Part) => Promise<MeasurePage>,
  { pageLimit, maxPages, isComplete }: WalkOptions,
): AsyncGenerator<MeasurePage, void, undefined> {
  const walk = new Walk(pageLimit, isComplete ? SMALLEST_OVERLAP : LIMITS.suspiciousPage);
  let isFirst = true;
  /** Of the first answer alone: what changed while the walk went on is found from there. */
  let time: Pick<MeasurePage, "updateTime"> = {};
  for (let requests = 1; ; requests++) {
    if (requests > maxPages) throw tooManyPages(maxPages);
    const { updateTime, ...page } = await fetchPage({ limit: pageLimit, offset: walk.offset });
    if (!walk.continuesWith(page.groups)) {
      walk.restart();
      continue;
    }
    const groups = walk.take(page);
    if (isFirst && updateTime !== undefined) time = { updateTime };
    if (isFirst || groups.length > 0 || page.skipped) yield { ...page, groups, ...time };
    isFirst = false;
    if (!walk.goesOn(page)) return;
  }
}

/** Two groups: one that overlaps, one that moves on. */
const SMALLEST_OVERLAP = 2;

/** How far a walk came. */
class Walk {
  offset = 0;
  readonly #limit: number;
  /** A page of at least so many groups may be cut off even where it is not full. */
  readonly #suspicious: number;
  readonly #seen = new Set<number>();
  /** The last group of the page before. */
  #anchor: number | undefined;
  /** Pages in a row that brought nothing new. */
  #idle = 0;
  /** The service said once that there is more. */
  #wasPromised = false;
  #restarts = 0;
  /** Up to here, a walk that began again meets what it knows. */
  #known = 0;

  constructor(limit: number, suspicious: number) {
    this.#limit = limit;
    this.#suspicious = suspicious;
  }

  continuesWith(groups: readonly MeasureGroup[]): boolean {
    if (this.#anchor === undefined) return true;
    const first = groups[0];
    return first !== undefined && this.#seen.has(first.id) && groups.some(({ id }) => id === this.#anchor);
  }

  restart(): void {
    this.#restarts++;
    if (this.#restarts > LIMITS.restarts) throw stuck("groups kept vanishing between two pages");
    this.#known = Math.max(this.#known, this.offset);
    this.#anchor = undefined;
    this.offset = 0;
  }

  /** Groups of a page that are new. */
  take({ groups, skipped = 0 }: MeasurePage): readonly MeasureGroup[] {
    const fresh = groups.filter(({ id }) => !this.#seen.has(id));
    for (const { id } of fresh) this.#seen.add(id);
    const isUnreadable = groups.length === 0 && skipped > 0;
    this.#idle = fresh.length > 0 || isUnreadable || this.offset <= this.#known ? 0 : this.#idle + 1;
    return fresh;
  }

  /** Moves to the next page; false where there is none. */
  goesOn({ groups, skipped = 0, hasMore }: MeasurePage): boolean {
    this.#wasPromised ||= hasMore === true;
    const size = groups.length + skipped;
    const isCut = hasMore ?? (!this.#wasPromised && this.#mayBeCut(size));
    if (!isCut || size === 0 || this.#idle >= LIMITS.idlePages) {
      // A full page of known groups at the end comes only from a server that ignores the offset.
      const isRepeated = this.#idle > 0 && groups.length >= this.#limit;
      if (hasMore || isRepeated) throw stuck("the service says that there is more, but sends nothing new");
      return false;
    }
    // The overlap may be a group that could not be read: then nothing can be compared.
    this.#anchor = skipped > 0 ? undefined : groups.at(-1)?.id;
    this.offset += Math.max(1, size - 1);
    return true;
  }

  /** A server that never said `more` may not know it, and may send less than was asked for. */
  #mayBeCut(size: number): boolean {
    return size === this.#limit || (size < this.#limit && size >= this.#suspicious && this.#idle === 0);
  }
}

const stuck = (why: string) =>
  new UnexpectedResponseError(`measure/getmeas: the pages do not come to an end: ${why}`, {
    code: "paging_stuck",
  });

const tooManyPages = (maxPages: number) =>
  new UnexpectedResponseError(`measure/getmeas: more than ${maxPages} pages`, {
    code: "too_many_pages",
  });
