import { createRequire } from "node:module";
import { expect, test } from "vitest";

// Node-RED 4.1 loads nodes, and so this package, by require(): it fails on any top-level await.
test("the package can be loaded by require()", () => {
  const core = createRequire(import.meta.url)("../src/index.ts");
  expect(core.createWbsClient).toBeTypeOf("function");
});
