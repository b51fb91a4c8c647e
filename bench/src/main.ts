import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BARS } from "./bars.ts";
import { benchmarks } from "./benchmarks/all.ts";
import { measure } from "./measure.ts";
import { chart, table } from "./report.ts";

const USAGE = `pnpm bench [name…] [--json] [--chart FILE.svg]

Measures floor and subject in the same run. docs/benchmarks.md says what each name measures.
  --json        one object on stdout and nothing else there; a figure that could not be measured has an "error"
  --chart FILE  draws the ratios and their bars
`;

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, chart: { type: "string" }, help: { type: "boolean", short: "h" } },
});
const unknown = wanted.find((name) => !(name in BARS));
if (options.help || unknown !== undefined) {
  const names = `\nNames: ${Object.keys(BARS).join(", ")}\n`;
  process.stderr.write(`${unknown === undefined ? "" : `There is no benchmark "${unknown}".\n`}${USAGE}${names}`);
  process.exit(unknown === undefined ? 0 : 2);
}

const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const log = (line: string) => void process.stderr.write(`${line}\n`);
const { results, failures } = await measure(benchmarks, isWanted, log);
if (failures.length > 0) process.exitCode = 1;

(options.json ? process.stderr : process.stdout).write(table(results, BARS));
if (options.json) process.stdout.write(`${JSON.stringify({ results: [...results, ...failures] })}\n`);
if (options.chart !== undefined) writeFileSync(options.chart, chart(results, BARS));
