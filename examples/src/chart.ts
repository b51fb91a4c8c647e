// Draws a person's weight as an SVG file: node chart.ts weight.svg
import { writeFile } from "node:fs/promises";
import { client, person } from "./settings.ts";

const [WIDTH, HEIGHT, MARGIN] = [720, 320, 48];
const file = process.argv[2] ?? "weight.svg";

const points: { readonly at: number; readonly kg: number }[] = [];
// Measure type 1 is the weight.
for await (const { groups } of client.measure.pages({ ...person, measureType: 1, category: 1 }))
  for (const { measuredAt, measures } of groups)
    for (const { type, value } of measures) if (type === "weight") points.push({ at: measuredAt, kg: value });
points.sort((a, b) => a.at - b.at);
if (points.length === 0) throw new Error("There is no weight to draw.");

let [first, last, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
for (const { at, kg } of points) {
  [first, last] = [Math.min(first, at), Math.max(last, at)];
  [low, high] = [Math.min(low, kg), Math.max(high, kg)];
}
// A single point, or a single weight, has no extent to divide by.
const x = (at: number) => MARGIN + ((at - first) / (last - first || 1)) * (WIDTH - 2 * MARGIN);
const y = (kg: number) => HEIGHT - MARGIN - ((kg - low) / (high - low || 1)) * (HEIGHT - 2 * MARGIN);
const day = (at: number) => new Date(at * 1000).toISOString().slice(0, 10);

const path = points.map(({ at, kg }) => `${x(at).toFixed(1)},${y(kg).toFixed(1)}`).join(" ");
await writeFile(
  file,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<polyline points="${path}" fill="none" stroke="#2f9e79" stroke-width="2"/>
<text x="4" y="${y(high)}">${high} kg</text>
<text x="4" y="${y(low) + 14}">${low} kg</text>
<text x="${MARGIN}" y="${HEIGHT - 12}">${day(first)}</text>
<text x="${WIDTH - MARGIN}" y="${HEIGHT - 12}" text-anchor="end">${day(last)}</text>
</svg>
`,
);
process.stdout.write(`${points.length} weights drawn to ${file}\n`);
