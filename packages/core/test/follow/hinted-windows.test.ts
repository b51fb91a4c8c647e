import { expect, test } from "vitest";
import { mergeHints } from "../../src/follow/hinted-windows.ts";

test("overlapping and touching windows become one call", () => {
  const hints = [
    { id: 1, from: 100, to: 101 },
    { id: 2, from: 101, to: 105 },
    { id: 3, from: 106, to: 107 },
  ];
  expect(mergeHints(hints)).toEqual([{ from: 100, to: 107, hints }]);
});

test("distant windows stay apart, the oldest hint's first", () => {
  const hints = [
    { id: 7, from: 900, to: 901 },
    { id: 8, from: 100, to: 101 },
  ];
  expect(mergeHints(hints).map(({ from }) => from)).toEqual([900, 100]);
});
