import { type Bar, meets, type Result } from "./benchmark.ts";

type Bars = Readonly<Record<string, Bar>>;

const verdict = ({ name, ratio }: Result, bars: Bars) => {
  const bar = bars[name];
  return bar === undefined ? "" : meets(bar, ratio) ? "met" : "MISSED";
};

const sign = (bar: Bar) => `${bar.kind === "at most" ? "≤" : "≥"} ${bar.ratio}`;

export function table(results: readonly Result[], bars: Bars): string {
  const rows = results.map((result) => {
    const bar = bars[result.name];
    return [
      result.name,
      `${figure(result.floor)} ${result.unit}`,
      `${figure(result.subject)} ${result.unit}`,
      result.ratio.toFixed(2),
      bar === undefined ? "" : sign(bar),
      verdict(result, bars),
    ];
  });
  const lines = [["benchmark", "floor", "subject", "ratio", "bar", ""], ...rows];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number) =>
    column === 0 || column === widths.length - 1
      ? cell.padEnd(widths[column] ?? 0)
      : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => `${line.map(pad).join("  ").trimEnd()}\n`).join("");
}

/** Three digits that mean something. */
const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const WIDTH = 720;
const LEFT = 190;
const RIGHT = 120;
const ROW = 34;
const TOP = 44;

/** Horizontal bars: the ratio of subject to floor, with a tick where the figure has to end (`at most`) or pass (`at least`). */
export function chart(results: readonly Result[], bars: Bars): string {
  const largest = Math.max(1, ...results.flatMap(({ name, ratio }) => [ratio, bars[name]?.ratio ?? 0]));
  const x = (ratio: number) => Math.round(LEFT + (ratio / largest) * (WIDTH - LEFT - RIGHT));
  const height = TOP + results.length * ROW + 16;
  const rows = results.map((result, index) => {
    const y = TOP + index * ROW;
    const bar = bars[result.name];
    const tick = bar
      ? `<path class="bar" d="M${x(bar.ratio)} ${y - 3}v24"/><title>${result.name}: bar ${sign(bar)}</title>`
      : "";
    return [
      `<g><text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${result.name}</text>`,
      `<rect class="${verdict(result, bars) === "MISSED" ? "missed" : "met"}" x="${LEFT}" y="${y}" width="${x(result.ratio) - LEFT}" height="18" rx="2"/>`,
      tick,
      `<text x="${Math.max(x(result.ratio), x(bar?.ratio ?? 0)) + 8}" y="${y + 14}">${result.ratio.toFixed(2)}${bar ? ` (${sign(bar)})` : ""}</text></g>`,
    ].join("");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Ratio of subject to floor for each benchmark">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2933; }
.met { fill: #2f9e79; } .missed { fill: #d9662b; }
.bar { stroke: #1f2933; stroke-width: 2; } .one { stroke: #9aa5b1; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) { text { fill: #e4e7eb; } .bar { stroke: #e4e7eb; } }
</style>
<text x="${LEFT}" y="20">subject ÷ floor; dashed: the floor itself; tick: the bar</text>
<path class="one" d="M${x(1)} ${TOP - 12}V${height - 12}"/>
${rows.join("\n")}
</svg>
`;
}
