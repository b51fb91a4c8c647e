import { expect, test } from "vitest";
import { type Bar, result } from "../src/benchmark.ts";
import { chart, table } from "../src/report.ts";

const bars = {
  quick: { kind: "at most", ratio: 1.5 },
  much: { kind: "at least", ratio: 0.5 },
} as const satisfies Record<string, Bar>;

const results = [result("quick", "ms", [3, 1, 2], [2, 4, 30]), result("much", "events/s", [1000], [400])];

test("a figure is the median of its samples, and its ratio is subject by floor", () => {
  expect(results[0]).toEqual({ name: "quick", floor: 2, subject: 4, unit: "ms", ratio: 2 });
});

test("the table says which bar is met, whichever way it points", () => {
  expect(table([...results, result("much", "events/s", [1000], [600])], bars).split("\n")).toEqual([
    "benchmark          floor       subject  compared    bar",
    "quick            2.00 ms       4.00 ms      2.00  ≤ 1.5  MISSED",
    "much       1000 events/s  400 events/s      0.40  ≥ 0.5  MISSED",
    "much       1000 events/s  600 events/s      0.60  ≥ 0.5  met",
    "",
  ]);
});

test("the chart draws each ratio as long as it is, and marks what missed its bar", () => {
  const widths = [...chart(results, bars).matchAll(/class="missed" .*?width="(\d+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(0.4 / 2, 1);
});

test("a figure on top of its floor is judged by the difference", () => {
  const bars = { load: { kind: "at most more", difference: 20 } } as const;
  const [small, large] = [result("load", "MB", [100], [115]), result("load", "MB", [100], [125])];
  expect(table([small, large], bars).split("\n").slice(1, 3)).toEqual([
    "load       100 MB   115 MB  +15.0 MB  ≤ +20 MB  met",
    "load       100 MB   125 MB  +25.0 MB  ≤ +20 MB  MISSED",
  ]);
});

test("a figure with a limit is judged by itself, and the chart leaves it out", () => {
  const bars = { wait: { kind: "limit", most: 16 } } as const;
  const [short, long] = [result("wait", "s", [0], [15]), result("wait", "s", [0], [17])];
  expect(table([short, long], bars).split("\n").slice(1, 3)).toEqual([
    "wait       0.00 s   15.0 s    15.0 s  ≤ 16 s  met",
    "wait       0.00 s   17.0 s    17.0 s  ≤ 16 s  MISSED",
  ]);
  expect(chart([short], bars)).not.toContain("wait");
});
