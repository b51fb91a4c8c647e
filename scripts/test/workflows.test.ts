import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";

interface Workflow {
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
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
  const runs = stepsOf(file).map(({ run = "" }) => run);
  const named = runs.flatMap((run) => /pnpm@12 ([a-z:-]+)$/.exec(run)?.[1] ?? []);
  const files = runs.flatMap((run) => /^\.ci\/\w+$/.exec(run)?.[0] ?? []);
  const versions = stepsOf(file).flatMap(
    ({ with: { version = "" } = {} }) => /pnpm@12 ([a-z:-]+)$/.exec(version)?.[1] ?? [],
  );
  expect([...named, ...versions, ...files].length).toBeGreaterThan(0);
  expect([...named, ...versions].filter((name) => name !== "install" && scripts[name] === undefined)).toEqual([]);
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
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

test("both images are built for both kinds of machine, with a bill of materials and an attestation", () => {
  const steps = stepsOf("release.yml");
  const builds = steps.filter(({ uses = "" }) => uses.startsWith("docker/build-push-action@"));
  expect(builds.map((step) => step.with?.["file"])).toEqual([
    "deploy/Dockerfile",
    "deploy/home-assistant-app/Dockerfile",
  ]);
  for (const step of builds)
    expect(step.with).toMatchObject({ platforms: "linux/amd64,linux/arm64", sbom: true, provenance: "mode=max" });
  expect(steps.filter(({ uses = "" }) => uses.startsWith("actions/attest-build-provenance@"))).toHaveLength(2);
});

test.each(FILES)("%s gives each job the rights that it names, and no others", (file) => {
  const { permissions, jobs } = workflow(file);
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
});
