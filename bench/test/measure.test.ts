import { expect, test } from "vitest";
import { BARS } from "../src/bars.ts";
import { type Benchmark, result } from "../src/benchmark.ts";
import { benchmarks } from "../src/benchmarks/all.ts";
import { measure } from "../src/measure.ts";

const quick = result("start", "ms", [1], [2]);
const works: Benchmark = { names: ["start", "memory"], run: async () => [quick] };
const breaks: Benchmark = {
  names: ["history", "decode-100k"],
  run: async () => {
    throw new Error("no disk");
  },
};

test("a benchmark that breaks gives each of its names an error, and the others go on", async () => {
  const log: string[] = [];
  const { results, failures } = await measure([breaks, works], (name) => name !== "memory", log.push.bind(log));
  expect(results).toEqual([quick]);
  expect(failures).toEqual([
    { name: "history", error: "Error: no disk" },
    { name: "decode-100k", error: "Error: no disk" },
  ]);
  expect(log).toEqual(["history, decode-100k could not be measured: Error: no disk"]);
});

test("a figure that a benchmark leaves out is an error", async () => {
  const { failures } = await measure(
    [works],
    () => true,
    () => {},
  );
  expect(failures).toEqual([{ name: "memory", error: "the benchmark gave no such figure" }]);
});

test("a benchmark that gives no wanted figure does not run", async () => {
  expect(
    await measure(
      [breaks],
      () => false,
      () => {},
    ),
  ).toEqual({ results: [], failures: [] });
});

test("each bar belongs to the figure of one benchmark", () => {
  const names = benchmarks.flatMap((benchmark) => benchmark.names);
  expect(new Set(names)).toEqual(new Set(Object.keys(BARS)));
  expect(names).toHaveLength(Object.keys(BARS).length);
});
