import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MeasureGroup } from "@weighbridge/core";
import { START, startWorld, stateDir, type World } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { NewsFile } from "../../src/nodes/withings-getmeas/news-file.ts";
import { readMeasures } from "../../src/nodes/withings-getmeas/read-measures.ts";
import type { Fields } from "../../src/runtime/config.ts";
import { adasAccount } from "../support/account.ts";

const DAY = 86_400;

async function reading(world: World) {
  const { account, directory } = await adasAccount(world);
  const path = join(directory, "news.json");
  const read = async (fields: Fields, news = new NewsFile(path), isSent = true) => {
    const result = await readMeasures({
      account,
      fields,
      msg: {},
      clock: world.clock,
      signal: new AbortController().signal,
      news,
      newId: () => "sequence",
    });
    await result.settle?.(isSent);
    return result;
  };
  const payloadOf = async (fields: Fields) => (await read(fields)).messages[0]?.payload as Record<string, never>;
  const weightsOf = async (fields: Fields) =>
    (((await payloadOf(fields))["groups"] ?? []) as { values: { weight?: number } }[]).map(
      ({ values }) => values.weight,
    );
  return { read, payloadOf, weightsOf, path };
}

/** Weights of 80, 81 and 82 kg, three, two and one days ago, and a target of 75 kg. */
async function threeDays() {
  const world = await startWorld();
  for (const ago of [3, 2, 1]) world.ada.weighsIn({ weight: 83 - ago, fatRatio: 20, at: START - ago * DAY });
  world.ada.setsTarget({ weight: 75, at: START - 4 * DAY });
  return { world, ...(await reading(world)) };
}

describe("reading measures", () => {
  test("gives all groups in one message, the newest first", async () => {
    const { read, weightsOf } = await threeDays();
    expect(await weightsOf({})).toEqual([82, 81, 80, 75]);
    expect((await read({})).status).toBe("4 groups");
  });

  test("describes a group with names, codes, units and exact values", async () => {
    const { payloadOf } = await threeDays();
    const payload = await payloadOf({ limit: 1 });
    expect(payload["groups"]).toEqual([
      {
        id: expect.any(Number),
        measured_at: "2026-02-28T07:00:00.000Z",
        attribution: "device",
        attribution_code: 0,
        category: "measure",
        category_code: 1,
        values: { weight: 82, fat_free_mass: 65.6, fat_ratio: 20, fat_mass: 16.4 },
        measures: [
          { type: "weight", code: 1, value: 82, unit: "kg" },
          { type: "fat_free_mass", code: 5, value: 65.6, unit: "kg" },
          { type: "fat_ratio", code: 6, value: 20, unit: "%" },
          { type: "fat_mass", code: 8, value: 16.4, unit: "kg" },
        ],
      },
    ]);
    expect(payload["update_time"]).toBe("2026-03-01T07:00:00.000Z");
  });

  test.each<[string, Fields, (number | undefined)[]]>([
    ["startdate", { startdate: "-49h" }, [82, 81]],
    ["enddate", { enddate: START - 2 * DAY, category: "measure" }, [81, 80]],
    ["category of targets", { category: "target" }, [75]],
    ["category as the API's number", { category: "1" }, [82, 81, 80]],
    ["limit", { limit: "2" }, [82, 81]],
    ["limit and offset", { limit: 1, offset: 1 }, [81]],
    ["offset alone", { offset: 3 }, [75]],
    ["lastupdate in the future", { lastupdate: START + 10 }, []],
  ])("filters by %s", async (_name, fields, weights) => {
    const { weightsOf } = await threeDays();
    expect(await weightsOf(fields)).toEqual(weights);
  });

  test.each([6, "6", "fat_ratio"])("filters by measure type %s", async (meastype) => {
    const { payloadOf } = await threeDays();
    const groups = (await payloadOf({ meastype, limit: 1 }))["groups"] as unknown as { values: object }[];
    expect(groups[0]?.values).toEqual({ fat_ratio: 20 });
  });

  test("splits into one message per group, with parts that a join node understands", async () => {
    const { read } = await threeDays();
    const { messages } = await read({ output: "groups", category: "measure" });
    expect(messages.map(({ parts }) => parts)).toEqual(
      [0, 1, 2].map((index) => ({ id: "sequence", index, count: 3, type: "array", len: 1 })),
    );
    expect(messages[0]?.payload).toMatchObject({ values: { weight: 82 } });
  });

  test("gives the latest value of each type, and no target among them", async () => {
    const { world, payloadOf } = await threeDays();
    world.ada.setsHeight(1.7, START - 30 * DAY);
    expect(await payloadOf({ output: "latest" })).toEqual({
      weight: 82,
      fat_free_mass: 65.6,
      fat_ratio: 20,
      fat_mass: 16.4,
      height: 1.7,
      measured_at: {
        weight: "2026-02-28T07:00:00.000Z",
        fat_free_mass: "2026-02-28T07:00:00.000Z",
        fat_ratio: "2026-02-28T07:00:00.000Z",
        fat_mass: "2026-02-28T07:00:00.000Z",
        height: "2026-01-30T07:00:00.000Z",
      },
    });
  });

  test.each<[string, Fields]>([
    ["invalid_value", { limit: 0 }],
    ["invalid_value", { meastype: "wieght" }],
    ["invalid_value", { category: "aim" }],
    ["invalid_value", { output: "xml" }],
  ])("refuses with the code %s before anything is sent: %j", async (code, fields) => {
    const { world, read } = await threeDays();
    await expect(read(fields)).rejects.toMatchObject({ code });
    expect(world.calls("getmeas")).toEqual([]);
  });

  test("fails with the code of what the API refused", async () => {
    const { world, read } = await threeDays();
    world.ada.stopsSharing();
    await expect(read({})).rejects.toMatchObject({ code: "not_shared", actor: "person" });
  });
});

describe("only new", () => {
  test("never goes back: an answer that is empty, or whose time is no clock, has nothing sent again", async () => {
    const news = new NewsFile(join(stateDir(), "news.json"));
    const group = (id: number) => ({ id, measuredAt: id, measures: [] }) as unknown as MeasureGroup;
    const run = async (key: string, groups: readonly MeasureGroup[], updateTime: number | undefined) => {
      const fresh = await news.onlyNew(key, async () => ({ groups, updateTime }));
      await fresh.settle(true);
      return fresh.groups.map(({ id }) => id);
    };
    expect(await run("public:1", [group(1), group(2)], 1_000)).toEqual([1, 2]);
    expect(await run("public:1", [], 0)).toEqual([]);
    expect(await run("public:1", [group(1), group(2), group(3)], 1_100)).toEqual([3]);
    // Another person's groups are new, whatever their numbers.
    expect(await run("public:2", [group(1)], 10)).toEqual([1]);
  });

  test("gives everything at the first run, then what was added or edited since", async () => {
    const { world, weightsOf } = await threeDays();
    const onlynew = true;
    expect(await weightsOf({ onlynew })).toEqual([82, 81, 80, 75]);
    expect(await weightsOf({ onlynew })).toEqual([]);
    await world.clock.advance(30_000);
    const { grpid } = world.ada.weighsIn({ weight: 81.5 });
    expect(await weightsOf({ onlynew })).toEqual([81.5]);
    world.ada.edits(grpid, { weight: 81.6 });
    expect(await weightsOf({ onlynew })).toEqual([81.6]);
    expect(await weightsOf({ onlynew })).toEqual([]);
  });

  test("asks only for what changed", async () => {
    const { world, weightsOf } = await threeDays();
    await weightsOf({ onlynew: true });
    await weightsOf({ onlynew: true });
    // The second request looks behind the last group of a whole history.
    const [first, , second] = world.calls("getmeas");
    expect(first).not.toHaveProperty("parameters.lastupdate");
    expect(second).toHaveProperty("parameters.lastupdate", String(START - 60));
  });

  test("runs one after the other, so that none sends the same twice", async () => {
    const { world } = await threeDays();
    const { read } = await reading(world);
    const news = new NewsFile(join((await adasAccount(world)).directory, "n.json"));
    const runs = await Promise.all([1, 2, 3].map(() => read({ onlynew: true, output: "groups" }, news)));
    expect(runs.map(({ messages }) => messages.length)).toEqual([4, 0, 0]);
  });

  test("forgets nothing when a run fails", async () => {
    const { world, weightsOf } = await threeDays();
    await weightsOf({ onlynew: true });
    world.sim.fail("drop");
    await expect(weightsOf({ onlynew: true })).rejects.toMatchObject({ code: "network" });
    world.sim.heal();
    expect(await weightsOf({ onlynew: true })).toEqual([]);
  });

  test("sends what was found before and never sent", async () => {
    const { read, path } = await threeDays();
    const news = new NewsFile(path);
    const onlynew = true;
    expect((await read({ onlynew, output: "groups" }, news, false)).messages).toHaveLength(4);
    expect((await read({ onlynew, output: "groups" }, news)).messages).toHaveLength(4);
    expect((await read({ onlynew, output: "groups" }, news)).messages).toHaveLength(0);
  });

  test.each(["limit", "offset"])("is not cut by %s: what a page leaves out would never be new again", async (name) => {
    const { world, read } = await threeDays();
    await expect(read({ onlynew: true, [name]: 1 })).rejects.toMatchObject({ code: "invalid_value" });
    expect(world.calls("getmeas")).toEqual([]);
  });

  test.each(["{", "null", '{"version":1}'])(
    "takes a file that holds %s for one that remembers nothing",
    async (text) => {
      const { weightsOf, path } = await threeDays();
      await writeFile(path, text);
      expect(await weightsOf({ onlynew: true })).toEqual([82, 81, 80, 75]);
      expect(await weightsOf({ onlynew: true })).toEqual([]);
    },
  );

  test("says that its folder cannot be written", async () => {
    const { read, path } = await threeDays();
    await mkdir(path);
    await expect(read({ onlynew: true })).rejects.toMatchObject({ code: "state_not_kept" });
  });

  test("forgets in turn", async () => {
    const { read, path } = await threeDays();
    const news = new NewsFile(path);
    const runs = [1, 2, 3].map(async () => {
      await news.forget();
      return (await read({ onlynew: true, output: "groups" }, news)).messages.length;
    });
    await expect(Promise.all(runs)).resolves.toHaveLength(3);
  });
});
