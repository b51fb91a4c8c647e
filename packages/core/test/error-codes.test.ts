import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CODES, entryOf } from "../src/error-codes.ts";
import { problemOf, UnreachableError } from "../src/errors.ts";

test("the README's tables name every code once, with its actor", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const named = [...readme.matchAll(/^\| `(caller|person|operator|service)` \|(?:.*\|)? ([^|]*) \|$/gm)].flatMap(
    ([, actor, codes = ""]) => [...codes.matchAll(/`([^`]+)`/g)].map(([, code]) => [code, actor]),
  );
  const known = Object.entries(ERROR_CODES).map(([code, { actor }]) => [code, actor]);
  expect(named.toSorted()).toEqual(known.toSorted());
});

test("every remedy is a sentence", () => {
  for (const { remedy } of Object.values(ERROR_CODES)) expect(remedy).toMatch(/^[A-Z].+\.$/);
});

test("a status that no document explains is for the service to act on", () => {
  expect(entryOf("status_4711")).toEqual(ERROR_CODES["status_<n>"]);
});

test("an error without a remedy of its own has that of its code", () => {
  const error = new UnreachableError("no answer", { code: "timeout" });
  expect(problemOf(error)).toEqual({ code: "timeout", message: "no answer", remedy: ERROR_CODES.timeout.remedy });
});

test("a foreign error becomes a problem that keeps its kind and place, and none of its words", () => {
  const problem = problemOf(new TypeError("password=hunter2"));
  expect(problem).toMatchObject({ code: "unexpected", remedy: ERROR_CODES.unexpected.remedy });
  expect(problem.message).toMatch(/^unexpected TypeError in error-codes\.test\.ts:\d+:\d+$/);
  expect(problemOf("password=hunter2").message).toBe("unexpected string");
});
