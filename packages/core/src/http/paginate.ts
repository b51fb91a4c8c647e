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
  { pageLimit, maxPages }: PageLimits,
): AsyncGenerator<MeasurePage, void, undefined> {
  const walk = new Walk();
  let updateTime: number | undefined;
  let hasAnswer = false;
  for (let requests = 1; ; requests++) {
    if (requests > maxPages) throw tooManyPages(maxPages);
    const page = await fetchPage({ limit: pageLimit, offset: walk.offset });
    if (!walk.continuesWith(page.groups)) {
      walk.restart();
      continue;
    }
    const groups = walk.take(page.groups);
    if (!hasAnswer) updateTime = page.updateTime;
    if (!hasAnswer || groups.length > 0) yield { ...page, groups, ...(updateTime !== undefined && { updateTime }) };
    hasAnswer = true;
    if (!walk.goesOn(page, pageLimit)) return;
  }
}

/** How far a walk came. */
class Walk {
  offset = 0;
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

  /** What of a page is new. */
  take(groups: readonly MeasureGroup[]): readonly MeasureGroup[] {
    const fresh = groups.filter(({ id }) => !this.#seen.has(id));
    for (const { id } of fresh) this.#seen.add(id);
    this.#idle = fresh.length > 0 || this.offset <= this.#known ? 0 : this.#idle + 1;
    return fresh;
  }

  /** Moves to the next page; false where there is none. */
  goesOn({ groups, hasMore }: MeasurePage, limit: number): boolean {
    this.#wasPromised ||= hasMore === true;
    const last = groups.at(-1);
    // A server that never said `more` may not know it, and a full page may still be cut off.
    const isCut = hasMore ?? (!this.#wasPromised && groups.length === limit);
    if (!isCut || last === undefined || this.#idle >= LIMITS.idlePages) {
      // Nobody ends a walk with a full page of what we know, save who ignores the offset.
      const isRepeated = this.#idle > 0 && groups.length >= limit;
      if (hasMore || isRepeated) throw stuck("the service says that there is more, but sends nothing new");
      return false;
    }
    this.#anchor = last.id;
    this.offset += Math.max(1, groups.length - 1);
    return true;
  }
}

const stuck = (why: string) =>
  new UnexpectedResponseError(`measure/getmeas: the pages do not come to an end: ${why}`, {
    code: "paging_stuck",
    remedy: "Try again later. If it stays, the server does not honour the offset: ask for shorter windows of time.",
  });

const tooManyPages = (maxPages: number) =>
  new UnexpectedResponseError(`measure/getmeas: more than ${maxPages} pages`, {
    code: "too_many_pages",
    remedy: "Ask for a shorter window of time, or allow more pages or larger ones.",
  });
