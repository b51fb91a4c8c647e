import { expect, test } from "vitest";
import type { Window } from "../../src/domain/window.ts";
import { admitHint, isAnswered, mergeHints, triedHint, type WindowHint } from "../../src/follow/hints.ts";

const hint = (id: number, from: number, to = from + 1, tries = 0): WindowHint => ({
  id,
  window: { from, to },
  takenAt: 1_000,
  tries,
  nextAt: 0,
});

test("overlapping and touching windows are asked for together, distant ones apart", () => {
  const merged = mergeHints([hint(3, 900), hint(2, 102, 107), hint(1, 100)]);
  expect(merged.map(({ from, to, hints }) => [from, to, hints.length])).toEqual([
    [100, 107, 2],
    [900, 901, 1],
  ]);
});

test("windows that showed nothing come after those that were never asked for, the oldest hint first", () => {
  const merged = mergeHints([hint(5, 500, 501, 1), hint(4, 400), hint(3, 300), hint(2, 200, 201, 2)]);
  expect(merged.map(({ from }) => from)).toEqual([300, 400, 500, 200]);
});

test("a window that waits already is replaced", () => {
  expect(admitHint([hint(1, 100), hint(2, 200)], { from: 100, to: 101 })).toEqual({
    dropped: [1],
    added: [{ from: 100, to: 101 }],
  });
});

test("a window beyond the quota stays alone beside one that stands for the others", () => {
  const waiting = Array.from({ length: 16 }, (_, index) => hint(index + 1, index * 100));
  const { dropped, added } = admitHint(waiting, { from: 5_000, to: 5_001 });
  expect(dropped).toHaveLength(16);
  expect(added).toEqual([
    { from: 0, to: 1_501 },
    { from: 5_000, to: 5_001 },
  ]);
});

test("however many distinct windows come, at most 17 hints of a person wait", () => {
  let waiting: { id: number; window: Window | null; takenAt: number; tries: number; nextAt: number }[] = [];
  let id = 0;
  for (let second = 0; second < 2_000; second++) {
    const { dropped, added } = admitHint(waiting, { from: second * 10, to: second * 10 + 1 });
    waiting = waiting.filter((one) => !dropped.includes(one.id));
    for (const window of added) waiting.push({ id: ++id, window, takenAt: 0, tries: 0, nextAt: 0 });
    expect(waiting.length).toBeLessThanOrEqual(17);
    expect(waiting.at(-1)?.window).toEqual({ from: second * 10, to: second * 10 + 1 });
  }
});

test.each([
  ["a group in its window", { measuredAt: [101], hasRemovals: false }, true],
  ["a group of another hint of the same call", { measuredAt: [140], hasRemovals: false }, false],
  ["a group that was moved out of what was asked for", { measuredAt: [900], hasRemovals: false }, true],
  ["a deletion", { measuredAt: [], hasRemovals: true }, true],
  ["nothing", { measuredAt: [], hasRemovals: false }, false],
])("a call that showed %s answers a hint: %s", (_, news, isOne) => {
  expect(isAnswered(hint(1, 100), { from: 100, to: 150 }, news)).toBe(isOne);
});

test("a hint without an answer is asked for again 15 s, 1 min, 5 min and 30 min after it was taken, then dropped", () => {
  let waiting = hint(1, 100);
  const times: number[] = [];
  for (let now = 1_000; ; ) {
    const tried = triedHint(waiting, now, 12);
    if (tried === null) break;
    waiting = { ...waiting, ...tried };
    now = tried.nextAt;
    times.push(now - waiting.takenAt);
  }
  expect(times).toEqual([15, 60, 300, 1_800]);
});

test("a hint that was followed late is never asked for again within 12 s", () => {
  expect(triedHint(hint(1, 100), 1_010, 12)).toMatchObject({ nextAt: 1_060 });
});

test("a clock that was set back keeps no hint for ever", () => {
  let waiting = hint(1, 100);
  for (let tries = 0; tries < 4; tries++) waiting = { ...waiting, ...triedHint(waiting, 5, 12) };
  expect(triedHint(waiting, 5, 12)).toBeNull();
});
