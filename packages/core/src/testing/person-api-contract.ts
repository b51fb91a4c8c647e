import { describe, expect, test } from "vitest";
import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { GroupPage } from "../domain/measure-page.ts";
import type { GroupQuery, PersonApi } from "../ports/person-api.ts";

/** A person at a server, with what a test does to their data there. */
export interface ApiWorld {
  readonly api: PersonApi;
  /** A URL that the server accepts for a subscription. */
  readonly callbackUrl: string;
  /** The server's clock, epoch seconds. */
  now(): EpochSeconds;
  advance(seconds: number): void;
  /** Steps on the scale; gives the id of the group. */
  weighsIn(kilograms: number, at: EpochSeconds): number;
  edits(id: number, kilograms: number): void;
  deletes(id: number): void;
}

/** The rules of the PersonApi port, as tests. `start` makes a new world, without groups, for each of them. */
export function personApiContract(name: string, start: () => Promise<ApiWorld>): void {
  describe(`${name} keeps the contract of a person's API:`, () => {
    test("without a filter every group comes, with its exact weight", async () => {
      const { api, now, weighsIn } = await start();
      const oldest = weighsIn(81.437, now() - 900);
      const newest = weighsIn(80.001, now() - 20);
      const found = await weightsOf(api, {});
      expect(found).toEqual([
        [oldest, 81.437],
        [newest, 80.001],
      ]);
    });

    test("a window includes both of its ends", async () => {
      const { api, now, weighsIn } = await start();
      const at = now() - 1_000;
      const inside = [at, at + 60].map((when) => weighsIn(80, when));
      for (const when of [at - 1, at + 61]) weighsIn(90, when);
      expect(await idsOf(api, { from: at, to: at + 60 })).toEqual(inside);
    });

    test("the time of an answer, given back, finds what was added or edited since, and nothing older", async () => {
      const { api, now, advance, weighsIn, edits } = await start();
      const edited = weighsIn(80, now() - 900);
      weighsIn(80, now() - 500);
      const { updateTime = 0, isClock } = (await pagesOf(api, {}))[0] ?? {};
      if (isClock !== false) expect(updateTime).toBe(now());
      advance(10);
      edits(edited, 79);
      const backdated = weighsIn(85, now() - 90_000);
      expect(new Set(await idsOf(api, { modifiedSince: updateTime + 1 }))).toEqual(new Set([edited, backdated]));
    });

    test("a deleted group is in no answer", async () => {
      const { api, now, weighsIn, deletes } = await start();
      const at = now() - 60;
      const [gone, kept] = [weighsIn(80, at), weighsIn(81, at)];
      deletes(gone);
      expect(await idsOf(api, { from: at, to: at })).toEqual([kept]);
      expect(await idsOf(api, { modifiedSince: 0 })).toEqual([kept]);
    });

    test("more groups than a page holds come once each", async () => {
      const { api, now, weighsIn } = await start();
      const made = Array.from({ length: 25 }, (_, index) => weighsIn(80, now() - 100 + index));
      expect(await idsOf(api, {})).toEqual(made);
    });

    test("a subscription is there from subscribing to revoking, and revoking again says that there was none", async () => {
      const { api, callbackUrl } = await start();
      expect(await api.subscription(callbackUrl)).toBeUndefined();
      expect(await api.subscribe(callbackUrl, "a test")).toMatchObject({ callbackUrl });
      expect(await api.subscription(callbackUrl)).toMatchObject({ callbackUrl });
      expect(await api.revoke(callbackUrl)).toBe(true);
      expect(await api.subscription(callbackUrl)).toBeUndefined();
      expect(await api.revoke(callbackUrl)).toBe(false);
    });
  });
}

async function pagesOf(api: PersonApi, query: GroupQuery): Promise<GroupPage[]> {
  const pages: GroupPage[] = [];
  for await (const page of api.measureGroups(query)) pages.push(page);
  return pages;
}

/** By ascending time: an API may send them in any order. */
async function groupsOf(api: PersonApi, query: GroupQuery): Promise<MeasureGroup[]> {
  const groups = (await pagesOf(api, query)).flatMap((page) => page.groups);
  return groups.sort((a, b) => a.measuredAt - b.measuredAt);
}

const idsOf = async (api: PersonApi, query: GroupQuery) => (await groupsOf(api, query)).map(({ id }) => id);

const weightsOf = async (api: PersonApi, query: GroupQuery) =>
  (await groupsOf(api, query)).map(({ id, measures }) => [id, measures.find(({ type }) => type === "weight")?.value]);
