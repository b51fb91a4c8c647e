import { expect, test } from "vitest";
import { DAY, follow, START } from "./world.ts";

const windowAt = (from: number) => ({ from, to: from + 1 });

test("a window of years is followed, and a fresh hint does not wait for it", async () => {
  const ada = await follow();
  ada.api.hold = ({ query }) =>
    query && "from" in query && query.to - query.from > 100 ? new Promise(() => {}) : undefined;
  await ada.hint(0, START - 100);
  ada.weighIn(1, START);
  await ada.hint(START);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  ada.api.hold = () => undefined;
  ada.weighIn(2, START - 400);
  await ada.pass(20, 1);
  expect(ada.store.stored.map(({ id }) => id)).toEqual([2, 1]);
});

test.each([
  ["days", 3_600],
  ["years", 60 * DAY],
])("a deletion among more windows than may wait, spread over %s, comes at once", async (_, apartS) => {
  const ada = await follow();
  for (let id = 1; id <= 30; id++) ada.weighIn(id, START - apartS * id);
  await ada.hint(null);
  await ada.pass(60, 5);
  const before = ada.kinds().length;
  ada.api.delete(20);
  for (let id = 30; id >= 1; id--) await ada.store.takeHint(windowAt(START - apartS * id), START);
  ada.weighIn(31, START);
  await ada.hint(START);
  await ada.pass(30, 1);
  expect(new Set(ada.kinds().slice(before))).toEqual(new Set(["weigh_in", "weigh_in_deleted"]));
});

test("a weigh-in outside of a window of years is told once, in however many parts that window is followed", async () => {
  const ada = await follow();
  for (let id = 1; id <= 1_100; id++) ada.weighIn(id, START - DAY * id);
  await ada.hint(null);
  await ada.pass(60, 5);
  const before = ada.kinds().length;
  ada.api.forgetChanges();
  // One in each part: where something is missing, everything that changed is asked for.
  for (const id of [300, 900]) ada.api.delete(id);
  ada.weighIn(2_000, START);
  await ada.hint(START - DAY * 1_100, START - DAY);
  await ada.pass(30, 1);
  const told = ada.kinds().slice(before);
  expect(told).toHaveLength(3);
  expect(new Set(told)).toEqual(new Set(["weigh_in", "weigh_in_deleted"]));
  expect(new Set(ada.store.events.map(({ id }) => id)).size).toBe(ada.store.events.length);
});

test("2,000 distinct windows in two minutes cost a bounded number of calls, and delay no real weigh-in", async () => {
  const ada = await follow();
  for (let tenth = 0; tenth < 120; tenth++) {
    for (let index = 0; index < 16; index++) {
      const from = START - 1_000_000 + 1_000 * (16 * tenth + index);
      await ada.store.takeHint({ from, to: from + 1 }, START);
    }
    if (tenth === 60) {
      ada.weighIn(1, START + 60);
      await ada.hint(START + 60);
    } else {
      ada.follower.hinted();
      ada.rounds.wake(ada.follower);
    }
    await ada.pass(1);
    if (tenth === 73) expect(ada.kinds()).toEqual(["weigh_in"]);
  }
  expect(ada.api.calls.length).toBeLessThan(60);
});

test("a deletion in a window that stands for many comes when a poll followed it first, since the windows of a minute were used up", async () => {
  const ada = await follow();
  for (let id = 1; id <= 30; id++) ada.weighIn(id, START - 3_600 * id);
  await ada.hint(null);
  await ada.pass(60, 5);
  for (let n = 1; n <= 16; n++) {
    await ada.hint(START - 1_000_000 * n);
    await ada.pass(3);
  }
  ada.api.delete(20);
  ada.weighIn(31, START - 1_800);
  await ada.hint(START - 3_600 * 30, START);
  await ada.pass(90, 1);
  expect(ada.kinds()).toContain("weigh_in_deleted");
});
