import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorTables, withTables } from "../error-table.ts";

test("the page of errors is current: `pnpm troubleshooting` makes it from the tables of codes", () => {
  const page = readFileSync(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
  expect(withTables(page)).toBe(page);
});

test("each row says what the code means and what to do, in whole sentences", () => {
  const rows = errorTables()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(60);
  for (const row of rows) expect(row).toMatch(/^\| `[a-z_<>]+` \| [A-Z].+\. \| [A-Z].+\. \| [\w -]+ \|$/);
});
