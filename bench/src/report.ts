import { type Bar, meets, type Result } from "./benchmark.ts";

type Bars = Readonly<Record<string, Bar>>;

const verdict = (result: Result, bars: Bars) => {
  const bar = bars[result.name];
  return bar === undefined ? "" : meets(bar, result) ? "met" : "MISSED";
};

function sign(bar: Bar, unit: string): string {
  if (bar.kind === "at most more") return `≤ +${bar.difference} ${unit}`;
  if (bar.kind === "limit") return `≤ ${bar.most} ${unit}`;
  return `${bar.kind === "at most" ? "≤" : "≥"} ${bar.ratio}`;
}

/** The figure that its bar speaks about. */
function compared({ floor, subject, unit, ratio }: Result, bar: Bar | undefined): string {
  if (bar?.kind === "limit") return `${figure(subject)} ${unit}`;
  if (bar?.kind !== "at most more") return ratio.toFixed(2);
  const more = subject - floor;
  return `${more < 0 ? "-" : "+"}${figure(Math.abs(more))} ${unit}`;
}

/** The ratio at which a bar stands: that of a difference hangs on the floor. */
const ratioOf = (bar: Exclude<Bar, { kind: "limit" }>, { floor }: Result) =>
  bar.kind === "at most more" ? (floor + bar.difference) / floor : bar.ratio;

export function table(results: readonly Result[], bars: Bars): string {
  const rows = results.map((result) => {
    const bar = bars[result.name];
    return [
      result.name,
      `${figure(result.floor)} ${result.unit}`,
      `${figure(result.subject)} ${result.unit}`,
      compared(result, bar),
      bar === undefined ? "" : sign(bar, result.unit),
      verdict(result, bars),
    ];
  });
  const lines = [["benchmark", "floor", "subject", "compared", "bar", ""], ...rows];
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
const RIGHT = 180;
const ROW = 34;
const TOP = 44;

/**
 * Horizontal bars: the ratio of subject to floor, with a tick where the figure has to end (`at most`) or pass (`at least`). A figure with a
 * limit of its own is left out, since its ratio means nothing.
 */
export function chart(all: readonly Result[], bars: Bars): string {
  const results = all.filter(({ name }) => bars[name]?.kind !== "limit");
  const goals = results.map((result) => {
    const bar = bars[result.name];
    return bar === undefined || bar.kind === "limit"
      ? undefined
      : { ratio: ratioOf(bar, result), sign: sign(bar, result.unit) };
  });
  const largest = Math.max(1, ...results.map(({ ratio }) => ratio), ...goals.map((goal) => goal?.ratio ?? 0));
  const x = (ratio: number) => Math.round(LEFT + (ratio / largest) * (WIDTH - LEFT - RIGHT));
  const height = TOP + results.length * ROW + 16;
  const rows = results.map((result, index) => {
    const y = TOP + index * ROW;
    const goal = goals[index];
    const tick = goal
      ? `<path class="bar" d="M${x(goal.ratio)} ${y - 3}v24"/><title>${result.name}: bar ${goal.sign}</title>`
      : "";
    const words = compared(result, bars[result.name]) + (goal ? ` (${goal.sign})` : "");
    return [
      `<g><text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${result.name}</text>`,
      `<rect class="${verdict(result, bars) === "MISSED" ? "missed" : "met"}" x="${LEFT}" y="${y}" width="${x(result.ratio) - LEFT}" height="18" rx="2"/>`,
      tick,
      `<text x="${Math.max(x(result.ratio), x(goal?.ratio ?? 0)) + 8}" y="${y + 14}">${words}</text></g>`,
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
