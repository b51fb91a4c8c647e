import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Benchmark, Result } from "./benchmark.ts";
import { callback } from "./benchmarks/callback.ts";
import { decode } from "./benchmarks/decode.ts";
import { history } from "./benchmarks/history.ts";
import { idle } from "./benchmarks/idle.ts";
import { nodeRed } from "./benchmarks/node-red.ts";
import { chart, table } from "./report.ts";

const USAGE = `pnpm bench [name…] [--json] [--chart FILE.svg]

Measures floor and subject in the same run. docs/benchmarks.md says what each name measures.
  --json        one object on stdout and nothing else there
  --chart FILE  draws the ratios and their bars
`;

const benchmarks: readonly Benchmark[] = [decode, callback, idle, history, nodeRed];
const bars = Object.assign({}, ...benchmarks.map((benchmark) => benchmark.bars)) as Benchmark["bars"];

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, chart: { type: "string" }, help: { type: "boolean", short: "h" } },
});
const unknown = wanted.find((name) => !(name in bars));
if (options.help || unknown !== undefined) {
  const names = `\nNames: ${Object.keys(bars).join(", ")}\n`;
  process.stderr.write(`${unknown === undefined ? "" : `There is no benchmark "${unknown}".\n`}${USAGE}${names}`);
  process.exit(unknown === undefined ? 0 : 2);
}

const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const log = (line: string) => void process.stderr.write(`${line}\n`);
const results: Result[] = [];
for (const benchmark of benchmarks) {
  if (!Object.keys(benchmark.bars).some(isWanted)) continue;
  try {
    const figures = await benchmark.run(log);
    results.push(...figures.filter(({ name }) => isWanted(name)));
  } catch (error) {
    log(`${Object.keys(benchmark.bars).join(", ")} could not be measured: ${error}`);
    process.exitCode = 1;
  }
}

(options.json ? process.stderr : process.stdout).write(table(results, bars));
if (options.json) process.stdout.write(`${JSON.stringify({ results })}\n`);
if (options.chart !== undefined) writeFileSync(options.chart, chart(results, bars));
