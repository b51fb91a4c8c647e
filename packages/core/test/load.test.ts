import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { freePort } from "@weighbridge/testing";
import { expect, test } from "vitest";

const index = new URL("../src/index.ts", import.meta.url).href;
const run = (script: string, ...flags: string[]) =>
  execFileSync(
    process.execPath,
    [...flags, "--input-type=module", "--eval", `import * as core from "${index}";${script}`],
    {
      encoding: "utf8",
    },
  );

// Node-RED 4.1 loads nodes, and so this package, by require(): it fails on any top-level await.
test("the package can be loaded by require()", () => {
  const core = createRequire(import.meta.url)("../src/index.ts");
  expect(core.createWbsClient).toBeTypeOf("function");
});

test("answers are decoded also where code must not be generated", () => {
  const answer = { updatetime: 1, measuregrps: [] };
  const script = `process.stdout.write(JSON.stringify(core.decodeMeasurePage(${JSON.stringify(answer)})));`;
  expect(run(script, "--disallow-code-generation-from-strings")).toBe('{"groups":[],"updateTime":1}');
});

test("a script that waits for the next try does not end before it", async () => {
  const options = JSON.stringify({ baseUrl: `http://127.0.0.1:${await freePort()}`, retries: 1 });
  const script = `core.createWbsClient(${options}).once.probe().catch(({ code }) => process.stdout.write(code));`;
  expect(run(script)).toBe("network");
});
