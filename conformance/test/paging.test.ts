import type { MeasurePage } from "@weighbridge/core";
import { START, simulate } from "@weighbridge/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientOf, keyOf } from "./support/client.ts";

async function idsOf(pages: AsyncIterable<MeasurePage>, between: () => void = () => {}) {
  const ids: number[] = [];
  for await (const { groups } of pages) {
    ids.push(...groups.map(({ id }) => id));
    between();
  }
  return ids;
}

async function personWith(count: number) {
  const sim = await simulate();
  const ada = sim.person("ada");
  for (let index = 0; index < count; index++) ada.weighsIn({ weight: 80, at: START - 1_000 + index });
  const ids = (await clientOf(sim).measure.getMeas(keyOf(ada))).groups.map(({ id }) => id);
  return { sim, ada, ids };
}

test("WBS-MEAS-7: a set of any size is walked newest first, without loss or repeat", async () => {
  const sim = await simulate();
  await fc.assert(
    fc.asyncProperty(fc.nat(25), fc.integer({ min: 3, max: 10 }), async (count, pageLimit) => {
      const ada = sim.person(`ada-${crypto.randomUUID()}`);
      const added = Array.from({ length: count }, (_, index) => ada.weighsIn({ weight: 80, at: START - index }).grpid);
      expect(await idsOf(clientOf(sim, { pageLimit }).measure.pages(keyOf(ada)))).toEqual(added);
    }),
    { numRuns: 30 },
  );
});

test("WBS-MEAS-7: groups added, edited or deleted anywhere between two pages cost nothing that was there and stayed", async () => {
  const sim = await simulate();
  const deed = fc.record({ kind: fc.constantFrom("none", "add", "delete"), place: fc.nat({ max: 400 }) });
  await fc.assert(
    fc.asyncProperty(fc.nat(25), fc.array(deed, { maxLength: 6 }), async (count, deeds) => {
      const ada = sim.person(`ada-${crypto.randomUUID()}`);
      const before = Array.from(
        { length: count },
        (_, index) => ada.weighsIn({ weight: 80, at: START - index * 10 }).grpid,
      );
      const deleted = new Set<number>();
      let left = 2;
      const ids = await idsOf(clientOf(sim, { pageLimit: 4 }).measure.pages(keyOf(ada)), () => {
        const { kind, place } = deeds.shift() ?? { kind: "none", place: 0 };
        const victim = before[place % (before.length || 1)];
        if (kind === "add") ada.weighsIn({ weight: 81, at: START - place });
        // More would end the walk: it begins again three times at most.
        if (kind === "delete" && victim !== undefined && !deleted.has(victim) && left-- > 0) {
          ada.deletes(victim);
          deleted.add(victim);
        }
      });
      for (const id of before) if (!deleted.has(id)) expect(ids).toContain(id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: 60 },
  );
});

test("WBS-MEAS-7: a hundred thousand groups are walked to their end", async () => {
  const sim = await simulate();
  const ada = sim.person("ada");
  ada.hasHistory(100_000, { everyS: 3_600 });
  const ids = await idsOf(clientOf(sim, { pageLimit: 1_000 }).measure.pages(keyOf(ada)));
  expect(ids).toHaveLength(100_000);
  expect(new Set(ids).size).toBe(100_000);
}, 30_000);

describe("a request that skips groups", () => {
  test("WBS-MEAS-7: carries offset and offsetby with the same value; the first carries none", async () => {
    const { sim, ada } = await personWith(5);
    await idsOf(clientOf(sim, { pageLimit: 3 }).measure.pages(keyOf(ada)));
    const calls = sim.log.filter((entry) => entry.kind === "call").slice(1);
    expect(calls.map(({ parameters: { offset, offsetby } }) => [offset, offsetby])).toEqual([
      [undefined, undefined],
      ["2", "2"],
    ]);
  });

  test.each(["offset", "offsetby"])("WBS-MEAS-7: is understood with %s alone", async (name) => {
    const { sim, ada, ids } = await personWith(5);
    const parameters = {
      action: "getmeas",
      userid: `${ada.userId}`,
      publickey: ada.publicKey,
      limit: "2",
      [name]: "2",
    };
    const answer = await fetch(new URL(`measure?${new URLSearchParams(parameters)}`, sim.url));
    const { body } = (await answer.json()) as { body: { measuregrps: { grpid: number }[] } };
    expect(body.measuregrps.map(({ grpid }) => grpid)).toEqual(ids.slice(2, 4));
  });
});

test("a service that ignores the offset does not keep us in a loop", async () => {
  const { sim, ada } = await personWith(12);
  sim.fail("ignore-offset");
  await expect(idsOf(clientOf(sim, { pageLimit: 5 }).measure.pages(keyOf(ada)))).rejects.toMatchObject({
    name: "UnexpectedResponseError",
    code: "paging_stuck",
  });
});

test("a walk ends after as many pages as are allowed", async () => {
  const { sim, ada } = await personWith(12);
  await expect(idsOf(clientOf(sim, { pageLimit: 3, maxPages: 4 }).measure.pages(keyOf(ada)))).rejects.toMatchObject({
    code: "too_many_pages",
  });
});

test("WBS-MEAS-14: what is added during a walk is found by the next poll", async () => {
  const { sim, ada } = await personWith(8);
  let updateTime = 0;
  let late: number | undefined;
  for await (const page of clientOf(sim, { pageLimit: 3 }).measure.pages(keyOf(ada))) {
    updateTime = page.updateTime ?? 0;
    sim.clock.advance(5_000);
    late ??= ada.weighsIn({ weight: 79 }).grpid;
  }
  expect(await idsOf(clientOf(sim).person(keyOf(ada)).measureGroups({ modifiedSince: updateTime }))).toContain(late);
});
