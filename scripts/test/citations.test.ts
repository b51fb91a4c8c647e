import { expect, test } from "vitest";
import { citationsIn, coverageOf, unknownIds } from "../citations.ts";

const running = (source: string) =>
  citationsIn("a.test.ts", source)
    .filter(({ runs }) => runs)
    .map(({ id }) => id);

test.each([
  ["a title with one id", `test("WBS-ONCE-1: it answers", () => {});`, ["WBS-ONCE-1"]],
  ["a title with several ids", `it("WBS-MEAS-10, WBS-MEAS-11: named", () => {});`, ["WBS-MEAS-10", "WBS-MEAS-11"]],
  ["a title of each", `test.each([["("], [f(")")]])("PUB-AUTH-1: %s", () => {});`, ["PUB-AUTH-1"]],
  ["a title of a tagged each", `test.each\`a\`("PUB-AUTH-1: $a", () => {});`, ["PUB-AUTH-1"]],
  ["a template as title", `test(\`WBS-REST-1: \${method}\`, () => {});`, ["WBS-REST-1"]],
  ["a test in a suite", `describe("x", () => { test("WBS-ONCE-1: y", () => {}); });`, ["WBS-ONCE-1"]],
])("%s is cited", (_, source, ids) => {
  expect(running(source)).toEqual(ids);
});

test.each([
  ["a comment", `// test("WBS-ONCE-1: it answers")`],
  ["a body", `test("plain", () => { check("WBS-ONCE-1"); });`],
  ["a suite's title", `describe("WBS-ONCE-1", () => {});`],
  ["a skipped test", `test.skip("WBS-ONCE-1: x", () => {});`],
  ["a test to be written", `test.todo("WBS-ONCE-1: x");`],
  ["a test that may be skipped", `test.skipIf(old).each([1])("WBS-ONCE-1: x", () => {});`],
  ["a test in a skipped suite", `describe.skip("s", () => { test("WBS-ONCE-1: x", () => {}); });`],
])("an id in %s does not count", (_, source) => {
  expect(running(source)).toEqual([]);
});

test("what follows a skipped suite counts", () => {
  expect(running(`describe.skip("s", () => {}); test("WBS-ONCE-1: x", () => {});`)).toEqual(["WBS-ONCE-1"]);
});

test("coverage names what no running test cites, by family", () => {
  const citations = citationsIn("a.test.ts", `test("WBS-ONCE-1: x", () => {}); test.skip("PUB-SIGN-1: x", () => {});`);
  expect(coverageOf(["WBS-ONCE-1", "WBS-ONCE-2", "PUB-SIGN-1"], citations)).toEqual([
    { family: "WBS", known: 2, uncited: ["WBS-ONCE-2"] },
    { family: "PUB", known: 1, uncited: ["PUB-SIGN-1"] },
  ]);
});

test("an id of a known family that the list does not hold is unknown, also in a skipped test", () => {
  const citations = citationsIn("a.test.ts", `test.skip("WBS-ONCE-9, ISO-DATE-1: x", () => {});`);
  expect(unknownIds(["WBS-ONCE-1"], citations).map(({ id }) => id)).toEqual(["WBS-ONCE-9"]);
});
