import { START, simulate } from "@weighbridge/testing";
import { expect, test } from "vitest";
import type { Simulator } from "../src/index.ts";
import { ask, keyOf } from "./support/calls.ts";

interface Group {
  readonly grpid: number;
  readonly date: number;
}

/** Every page, as a client walks them. */
async function walk(sim: Simulator, limit: number, filters: object = {}): Promise<Group[]> {
  const key = keyOf(sim.person("Ada"));
  const all: Group[] = [];
  for (;;) {
    const { body } = await ask(sim, "measure/getmeas", { ...key, ...filters, limit, offset: all.length });
    all.push(...body.measuregrps);
    if (body.more === undefined) return all;
    expect(body.measuregrps, "a page before the last is full").toHaveLength(limit);
  }
}

/** A long past with own groups between, before and after it, two of them in one second. */
async function longHistory() {
  const sim = await simulate();
  const ada = sim.person("Ada");
  ada.hasHistory(40, { everyS: 100, until: START - 1_000 });
  for (const at of [START - 9_000, START - 3_000, START - 2_950, START - 2_950, START - 1_000, START])
    ada.weighsIn({ weight: 70, at });
  return sim;
}

test("pages of any size give every group once, newest first", async () => {
  const sim = await longHistory();
  const whole = await walk(sim, 1_000);
  expect(whole).toHaveLength(46);
  expect(new Set(whole.map(({ grpid }) => grpid)).size).toBe(46);
  const dates = whole.map(({ date }) => date);
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
  for (const limit of [1, 2, 3, 7, 19, 45, 46]) expect(await walk(sim, limit), `pages of ${limit}`).toEqual(whole);
});

test("a window cuts both ends exactly, with pages of any size", async () => {
  const sim = await longHistory();
  const whole = await walk(sim, 1_000);
  for (const [startdate, enddate] of [
    [START - 3_000, START - 2_950],
    [START - 2_950, START - 1_000],
    [START - 9_000, START - 4_900],
    [START - 1, START],
  ] as const) {
    const wanted = whole.filter(({ date }) => date >= startdate && date <= enddate);
    expect(wanted.length).toBeGreaterThan(0);
    for (const limit of [1, 3, 1_000]) expect(await walk(sim, limit, { startdate, enddate })).toEqual(wanted);
  }
});

test("an offset beyond the end is an empty page, and no more", async () => {
  const sim = await longHistory();
  const { body } = await ask(sim, "measure/getmeas", { ...keyOf(sim.person("Ada")), offset: 100 });
  expect(body).toEqual({ updatetime: START, measuregrps: [] });
});

test("no page is longer than the server's own limit, whatever is asked for", async () => {
  const sim = await simulate({ pageSize: 5 });
  sim.person("Ada").hasHistory(12);
  const { body } = await ask(sim, "measure/getmeas", { ...keyOf(sim.person("Ada")), limit: 100 });
  expect([body.measuregrps.length, body.more]).toEqual([5, 7]);
});

test("ids do not grow with time, so that who sorts by them is found out", async () => {
  const sim = await simulate();
  const ada = sim.person("Ada");
  const ids = Array.from({ length: 300 }, (_, index) => ada.weighsIn({ weight: 70, at: START + index }).grpid);
  expect(new Set(ids).size).toBe(300);
  expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
});

test("weights travel as whole numbers that mean exactly what was measured", async () => {
  const sim = await simulate();
  const ada = sim.person("Ada");
  const wrong: number[] = [];
  for (let grams = 30_000; grams < 150_000; grams += 37) {
    const [weight] = ada.weighsIn({ weight: grams / 1000 }).measures;
    if (weight?.value !== grams || weight.unit !== -3) wrong.push(grams);
  }
  expect(wrong).toEqual([]);
});

test("the log is bounded, newest last", async () => {
  const sim = await simulate();
  const ada = sim.person("Ada");
  let longest = 0;
  for (let n = 0; n < 5_000; n++) {
    ada.weighsIn({ weight: 70 });
    longest = Math.max(longest, sim.log.length);
  }
  expect(longest).toBeLessThanOrEqual(2_000);
  expect(sim.log.length).toBeGreaterThanOrEqual(1_000);
  expect(sim.log.at(-1)?.id).toBe(5_000);
});

test("so are its listeners", async () => {
  const sim = await simulate();
  const stops = Array.from({ length: 32 }, () => sim.listen(() => {}));
  expect(() => sim.listen(() => {})).toThrow("too many listeners");
  stops[0]?.();
  expect(() => sim.listen(() => {})).not.toThrow();
});

test("a name gives the same person again, and a userid is given once", async () => {
  const sim = await simulate();
  const ada = sim.person("Ada", { userId: 29 });
  expect(sim.person("Ada")).toBe(ada);
  expect(() => sim.person("Ben", { userId: 29 })).toThrow("userid 29 is taken");
});
