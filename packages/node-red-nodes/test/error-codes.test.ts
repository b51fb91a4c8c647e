import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorTable, LANGUAGES } from "../scripts/help.ts";
import { ERROR_CODES } from "../src/shared/error-codes.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));

test("every code that this package or core's client throws is in the table", () => {
  const sources = ["src/**/*.ts", "../core/src/errors.ts", "../core/src/{http,wbs}/**/*.ts"].flatMap(read);
  const thrown = new Set(sources.flatMap((source) => [...source.matchAll(/\bcode: "(\w+)"/g)].map(([, code]) => code)));
  expect([...thrown].filter((code) => !Object.hasOwn(ERROR_CODES, String(code)))).toEqual([]);
  const extra = Object.keys(ERROR_CODES).filter((code) => code !== "status_<n>" && !thrown.has(code));
  expect(extra).toEqual([]);
});

test.each(LANGUAGES)("every code has its words in %s", (language) => {
  const words = JSON.parse(readFileSync(join(ROOT, `src/locales/${language}/errors.json`), "utf8"));
  expect(new Set(Object.keys(words))).toEqual(new Set(Object.keys(ERROR_CODES)));
});

test("the README's table of errors is made from it", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain(errorTable());
});
