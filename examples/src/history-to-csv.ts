// Prints a person's whole history as CSV, the oldest group first: node history-to-csv.ts > history.csv
import type { MeasureGroup } from "@weighbridge/core";
import { client, person } from "./settings.ts";

/** Ids of measure types, one column each; masses in kg, ratios in %. */
const COLUMNS = ["weight", "fat_ratio", "fat_mass", "fat_free_mass", "heart_pulse"];

function lineOf({ measuredAt, attribution, measures, comment = "" }: MeasureGroup): string {
  const values = COLUMNS.map((column) => measures.find(({ type }) => type === column)?.value ?? "");
  return [new Date(measuredAt * 1000).toISOString(), attribution.name, ...values, quoted(comment)].join(",");
}

/** A comment is free text: an apostrophe keeps a spreadsheet from reading one that begins with = as a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

const groups: MeasureGroup[] = [];
// Category 1 is what was measured; 2 would be targets.
for await (const page of client.measure.pages({ ...person, category: 1 })) groups.push(...page.groups);
groups.sort((a, b) => a.measuredAt - b.measuredAt);

process.stdout.write(`measured_at,attribution,${COLUMNS.join(",")},comment\n`);
for (const group of groups) process.stdout.write(`${lineOf(group)}\n`);
