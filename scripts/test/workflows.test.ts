import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");
const FILES = readdirSync(FOLDER);

function workflow(file: string): Workflow {
  const document = parseDocument(readFileSync(join(FOLDER, file), "utf8"));
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

const stepsOf = (file: string) => Object.values(workflow(file).jobs).flatMap(({ steps }) => steps);

test.each(FILES)("%s is YAML, and each of its scripts is a shell script", (file) => {
  for (const { run, uses } of stepsOf(file)) {
    expect((run === undefined) !== (uses === undefined)).toBe(true);
    // GitHub puts values in before the shell reads the script.
    const script = (run ?? "").replaceAll(/\$\{\{.*?\}\}/g, "value");
    expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
  }
});

test.each(FILES)("%s runs scripts of this repository that there are", (file) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = stepsOf(file).flatMap(({ run = "" }) => /pnpm@12 ([a-z:-]+)$/.exec(run)?.[1] ?? []);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("a release is tested, has a bill of materials, and is published with provenance", () => {
  const scripts = stepsOf("release.yml").map(({ run = "" }) => run);
  const places = ["pnpm@12 check", "pnpm@12 test", " sbom ", " publish ", "gh release create"].map((words) =>
    scripts.findIndex((script) => script.includes(words)),
  );
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(scripts.find((script) => script.includes(" publish "))).toContain("--provenance");
  expect(Object.values(workflow("release.yml").jobs)[0]?.permissions).toMatchObject({ "id-token": "write" });
});
