import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MeasureGroup } from "../../src/domain/measure-group.ts";
import type { MeasurePage } from "../../src/domain/measure-page.ts";
import { paginate } from "../../src/http/paginate.ts";
import { LIMITS } from "../../src/limits.ts";
import { caught } from "../support/caught.ts";

interface Part {
  readonly limit: number;
  readonly offset: number;
}

const groupOf = (id: number): MeasureGroup => ({
  id,
  attribution: { code: 0, name: "device" },
  measuredAt: 1_000_000 + id,
  category: { code: 1, name: "measure" },
  measures: [],
});

/** Newest first, so with the highest id at the front. */
class Service {
  ids: number[];
  requests = 0;
  saysMore: boolean = true;
  /** Runs before each request but the first. */
  meanwhile: (request: number) => void = () => {};

  constructor(count: number) {
    this.ids = Array.from({ length: count }, (_, index) => count - index);
  }

  readonly fetchPage = ({ limit, offset }: Part): Promise<MeasurePage> => {
    if (this.requests > 0) this.meanwhile(this.requests);
    this.requests++;
    const rest = this.ids.slice(offset);
    const page = { groups: rest.slice(0, limit).map(groupOf), updateTime: 100 + this.requests };
    return Promise.resolve(this.saysMore && rest.length > limit ? { ...page, hasMore: true } : page);
  };
}

async function idsOf(pages: AsyncIterable<MeasurePage>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { groups } of pages) ids.push(...groups.map(({ id }) => id));
  return ids;
}

const walk = (fetchPage: (part: Part) => Promise<MeasurePage>, pageLimit = 5, maxPages = 1_000, isComplete = false) =>
  paginate(fetchPage, { pageLimit, maxPages, isComplete });

test("WBS-MEAS-7: every group comes once, newest first, whether or not the service says more", async () => {
  const anyCase = [fc.nat(60), fc.integer({ min: 3, max: 20 }), fc.boolean()] as const;
  await fc.assert(
    fc.asyncProperty(...anyCase, async (count, pageLimit, saysMore) => {
      const service = new Service(count);
      service.saysMore = saysMore;
      const before = [...service.ids];
      expect(await idsOf(walk(service.fetchPage, pageLimit))).toEqual(before);
    }),
  );
});

test("WBS-MEAS-7: groups added between two pages cost nothing that was there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(40),
      fc.integer({ min: 3, max: 8 }),
      fc.array(fc.boolean()),
      async (count, limit, added) => {
        const service = new Service(count);
        const before = [...service.ids];
        service.meanwhile = (request) => {
          if (added[request]) service.ids.unshift(1_000 + request);
        };
        const ids = await idsOf(walk(service.fetchPage, limit));
        expect(ids.filter((id) => id < 1_000)).toEqual(before);
        expect(new Set(ids).size).toBe(ids.length);
      },
    ),
  );
});

test("WBS-MEAS-7: groups added and deleted anywhere between two pages cost nothing that stayed", async () => {
  const change = fc.record({
    request: fc.integer({ min: 1, max: 8 }),
    place: fc.nat(),
    kind: fc.constantFrom("add", "delete"),
  });
  const changes = fc.array(change, { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.integer({ min: 4, max: 8 }), changes, async (count, limit, planned) => {
      const service = new Service(count);
      const deleted = new Set<number>();
      service.meanwhile = (request) => {
        for (const [index, change] of planned.entries())
          if (change.request === request) apply(service.ids, change, index);
      };
      const apply = (ids: number[], { place, kind }: (typeof planned)[number], index: number) => {
        const position = place % (ids.length + 1);
        if (kind === "add") ids.splice(position, 0, 1_000 + index);
        else for (const id of ids.splice(position, 1)) deleted.add(id);
      };
      const stayed = [...service.ids];
      const ids = await idsOf(walk(service.fetchPage, limit));
      for (const id of stayed) if (!deleted.has(id)) expect(ids).toContain(id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 1_000 },
  );
});

test("a deletion between two pages makes the walk begin again, and gives only what is new", async () => {
  const service = new Service(12);
  service.meanwhile = (request) => {
    if (request === 1) service.ids.shift();
  };
  const pages: number[][] = [];
  for await (const { groups } of walk(service.fetchPage)) pages.push(groups.map(({ id }) => id));
  expect(pages).toEqual([[12, 11, 10, 9, 8], [7], [6, 5, 4, 3], [2, 1]]);
});

test("WBS-MEAS-14: every page carries the server time of the first request, so that the next poll misses nothing", async () => {
  const times: unknown[] = [];
  for await (const { updateTime } of walk(new Service(12).fetchPage)) times.push(updateTime);
  expect(times).toEqual([101, 101, 101]);
});

test("a history without groups is one empty page", async () => {
  const pages: MeasurePage[] = [];
  for await (const page of walk(new Service(0).fetchPage)) pages.push(page);
  expect(pages).toEqual([{ groups: [], updateTime: 101 }]);
});

test("a full page without a word of more is followed by one request", async () => {
  const service = new Service(5);
  service.saysMore = false;
  await idsOf(walk(service.fetchPage));
  expect(service.requests).toBe(2);
});

test("a service that says there is nothing more is believed", async () => {
  const service = new Service(5);
  const denying = async (part: Part) => ({ ...(await service.fetchPage(part)), hasMore: false });
  await idsOf(walk(denying));
  expect(service.requests).toBe(1);
});

test("what is not asked for is not fetched", async () => {
  const service = new Service(100);
  for await (const page of walk(service.fetchPage)) {
    expect(page.groups).toHaveLength(5);
    break;
  }
  expect(service.requests).toBe(1);
});

describe("a service", () => {
  test("that sends shorter pages than asked for is walked to its end", async () => {
    const service = new Service(11);
    const short = ({ offset }: Part) => service.fetchPage({ limit: 2, offset });
    expect(await idsOf(walk(short))).toEqual(service.ids);
  });

  test("that ignores the offset does not keep us in a loop", async () => {
    const service = new Service(20);
    const deaf = ({ limit }: Part) => service.fetchPage({ limit, offset: 0 });
    await expect(idsOf(walk(deaf))).rejects.toMatchObject({ name: "UnexpectedResponseError", code: "paging_stuck" });
    expect(service.requests).toBe(1 + LIMITS.idlePages);
  });

  test("that ignores the offset, but counts with it how many are left, is found out", async () => {
    const service = new Service(12);
    const deaf = async ({ limit, offset }: Part) => {
      const page = await service.fetchPage({ limit, offset: 0 });
      const { hasMore: _, ...rest } = page;
      return offset + limit < 12 ? page : rest;
    };
    await expect(idsOf(walk(deaf))).rejects.toMatchObject({ code: "paging_stuck" });
  });

  test("that ignores the offset and never says more is found out by a full page of what is known", async () => {
    const service = new Service(20);
    service.saysMore = false;
    const deaf = ({ limit }: Part) => service.fetchPage({ limit, offset: 0 });
    await expect(idsOf(walk(deaf))).rejects.toMatchObject({ code: "paging_stuck" });
    expect(service.requests).toBe(1 + LIMITS.idlePages);
  });

  test("that ignores limit and offset, and never says more, has sent all at once", async () => {
    const service = new Service(20);
    const deaf = () => service.fetchPage({ limit: 20, offset: 0 });
    expect(await idsOf(walk(deaf))).toEqual(service.ids);
    expect(service.requests).toBe(1);
  });

  test("that promises more and sends nothing is stuck", async () => {
    const empty = () => Promise.resolve({ groups: [], updateTime: 1, hasMore: true });
    expect(await caught(idsOf(walk(empty)))).toMatchObject({ code: "paging_stuck" });
  });

  test("whose groups keep vanishing is stuck", async () => {
    const service = new Service(1_000);
    service.meanwhile = () => void service.ids.shift();
    expect(await caught(idsOf(walk(service.fetchPage)))).toMatchObject({ code: "paging_stuck" });
  });

  test("that never ends is left after so many pages", async () => {
    let newest = 0;
    const endless = ({ limit, offset }: Part) => {
      newest = Math.max(newest, offset + limit);
      const groups = Array.from({ length: limit }, (_, index) => groupOf(1_000_000 - offset - index));
      return Promise.resolve({ groups, updateTime: 1, hasMore: true });
    };
    expect(await caught(idsOf(walk(endless, 5, 7)))).toMatchObject({ code: "too_many_pages" });
    expect(newest).toBe(6 * 4 + 5);
  });
});

describe("a walk through everything", () => {
  /** Sends at most `cap` groups, whatever is asked for, and never says that there is more. */
  const capped = (service: Service, cap: number) => {
    service.saysMore = false;
    return ({ limit, offset }: Part) => service.fetchPage({ limit: Math.min(limit, cap), offset });
  };

  test("finds every group of a server that caps its pages silently", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 2, max: 100 }), async (count, cap) => {
        const service = new Service(count);
        const before = [...service.ids];
        expect(await idsOf(walk(capped(service, cap), 500, 1_000, true))).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });

  test("takes one request behind the last group where nothing is said, and none where the service says more", async () => {
    for (const [saysMore, isLong, requests] of [
      [false, false, 2],
      [true, true, 3],
    ] as const) {
      const service = new Service(isLong ? 1_200 : 400);
      service.saysMore = saysMore;
      await idsOf(walk(service.fetchPage, 500, 1_000, true));
      expect(service.requests).toBe(requests);
    }
  });
});

test("a window of which a capping server sends 100 groups is followed to its end, a short one costs one request", async () => {
  const long = new Service(250);
  long.saysMore = false;
  const capped = ({ limit, offset }: Part) => long.fetchPage({ limit: Math.min(limit, 100), offset });
  expect(await idsOf(walk(capped, 500))).toHaveLength(250);
  const short = new Service(3);
  short.saysMore = false;
  await idsOf(walk(short.fetchPage, 500));
  expect(short.requests).toBe(1);
});

test("pages with groups that cannot be read are walked through to the end", async () => {
  const service = new Service(100);
  service.saysMore = false;
  const unreadable = (id: number) => id % 7 === 0 || (id > 30 && id < 60);
  const expected = service.ids.filter((id) => !unreadable(id));
  const fetchPage = async (part: Part) => {
    const { groups, ...page } = await service.fetchPage(part);
    const left = groups.filter(({ id }) => !unreadable(id));
    return { ...page, groups: left, skipped: groups.length - left.length };
  };
  expect(await idsOf(walk(fetchPage, 10))).toEqual(expected);
});
