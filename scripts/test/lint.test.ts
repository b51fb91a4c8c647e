import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");

/** An empty checkout with our rules. */
const TREE = mkdtempSync(join(tmpdir(), "weighbridge-lint-"));
for (const name of ["biome.jsonc", "lint"]) cpSync(join(ROOT, name), join(TREE, name), { recursive: true });
afterAll(() => rmSync(TREE, { recursive: true }));

/** Prints of the linter for a file with this code. */
function lint(file: string, code: string): string {
  mkdirSync(join(TREE, dirname(file)), { recursive: true });
  writeFileSync(join(TREE, file), code);
  const args = [BIOME, "lint", "--vcs-enabled=false", "--max-diagnostics=none", file];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: TREE, encoding: "utf8" });
  rmSync(join(TREE, file));
  return stdout + stderr;
}

test.each([
  "Date.now()",
  "[Date.now]",
  "new Date()",
  "Date()",
  "performance.now()",
  "process.hrtime()",
  "AbortSignal.timeout(5)",
  "setTimeout(() => {}, 5)",
  "globalThis.setTimeout(() => {}, 5)",
  "setInterval(() => {}, 5)",
])("sources take time from the clock, not from %s", (expression) => {
  const said = lint("packages/core/src/weigh-ins/x.ts", `export const x = ${expression};\n`);
  expect(said).toContain("Take time from the injected Clock");
});

test("sources do not import timers", () => {
  const code = 'import { setTimeout as sleep } from "node:timers/promises";\nexport const x = sleep(5);\n';
  expect(lint("packages/core/src/weigh-ins/x.ts", code)).toContain("Take time from the injected Clock");
});
