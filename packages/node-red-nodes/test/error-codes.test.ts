import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES as CORE_CODES } from "@weighbridge/core";
import { expect, test } from "vitest";
import { errorTable, LANGUAGES } from "../scripts/help.ts";
import { ERROR_CODES } from "../src/shared/error-codes.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));

test("every code of core is in the table with core's actor, but for what a node sets and the API's caller would", () => {
  const different = Object.entries(CORE_CODES).filter(
    ([code, { actor }]) => ERROR_CODES[code as keyof typeof CORE_CODES]?.actor !== actor,
  );
  expect(different.map(([code]) => code)).toEqual(["invalid_option", "comment_refused"]);
});

test("every other code of the table is thrown here", () => {
  const sources = read("src/**/*.ts").join("\n");
  const own = Object.keys(ERROR_CODES).filter((code) => !Object.hasOwn(CORE_CODES, code));
  expect(own.filter((code) => !sources.includes(`code: "${code}"`))).toEqual([]);
});

test.each(LANGUAGES)("every code has its words in %s", (language) => {
  const words = JSON.parse(readFileSync(join(ROOT, `src/locales/${language}/errors.json`), "utf8"));
  expect(new Set(Object.keys(words))).toEqual(new Set(Object.keys(ERROR_CODES)));
});

test("the README's table of errors is made from it", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain(errorTable());
});
