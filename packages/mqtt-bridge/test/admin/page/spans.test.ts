import { describe, expect, test } from "vitest";
import { moved, rangeAround, rangeOf, zoomed } from "../../../src/admin/page/spans.ts";

const DAY_S = 86_400;
const NOW_S = 1_795_867_200;

describe("the range of the chart", () => {
  test("a span ends now, and all of it has no bounds", () => {
    expect(rangeOf("week", NOW_S)).toEqual({ from: NOW_S - 7 * DAY_S, to: NOW_S });
    expect(rangeOf("all", NOW_S)).toBeUndefined();
  });

  test("one point has room around it", () => {
    expect(rangeAround([[NOW_S, 68]], NOW_S)).toEqual({ from: NOW_S - DAY_S / 2, to: NOW_S + DAY_S / 2 });
  });

  test("it moves by half of itself and zooms around its middle, down to an hour", () => {
    const range = { from: 0, to: 10 * DAY_S };
    expect(moved(range, -1)).toEqual({ from: -5 * DAY_S, to: 5 * DAY_S });
    expect(zoomed(range, 0.5)).toEqual({ from: 2.5 * DAY_S, to: 7.5 * DAY_S });
    expect(zoomed({ from: 0, to: 3_600 }, 0.5)).toEqual({ from: 0, to: 3_600 });
  });
});
