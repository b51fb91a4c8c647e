import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { anchorsIn, isLocal, linksIn } from "../markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
// Also what is not committed yet, but not what was deleted.
const LIST = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
const FILES = execFileSync("git", LIST, { cwd: ROOT, encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((file) => existsSync(join(ROOT, file)));
const INDEX = "docs/README.md";

const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");

interface Target {
  readonly written: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly anchor: string | undefined;
}

const targetsOf = (file: string): Target[] =>
  linksIn(textOf(file))
    .filter(isLocal)
    .map((written) => {
      const [path = "", anchor] = decodeURI(written).split("#");
      return { written, path: path === "" ? file : join(dirname(file), path).replace(/\/$/, ""), anchor };
    });

const leadsNowhere = ({ path, anchor }: Target): boolean => {
  if (!existsSync(join(ROOT, path))) return true;
  return anchor !== undefined && path.endsWith(".md") && !anchorsIn(textOf(path)).has(anchor);
};

test.each(FILES)("every relative link and anchor of %s leads somewhere", (file) => {
  expect(
    targetsOf(file)
      .filter(leadsNowhere)
      .map(({ written }) => written),
  ).toEqual([]);
});

/** What a reader comes to from here: GitHub lists the files of a folder. */
function stepsFrom(path: string): string[] {
  if (path.endsWith(".md")) return targetsOf(path).map((target) => target.path);
  return statSync(join(ROOT, path)).isDirectory() ? FILES.filter((file) => dirname(file) === path) : [];
}

test("every page below docs/ is reached from its index", () => {
  const reached = new Set<string>();
  const follow = (path: string): void => {
    if (reached.has(path) || !existsSync(join(ROOT, path))) return;
    reached.add(path);
    for (const step of stepsFrom(path)) follow(step);
  };
  follow(INDEX);
  expect(FILES.filter((file) => file.startsWith("docs/") && !reached.has(file))).toEqual([]);
});

test("the README leads to the index", () => {
  expect(targetsOf("README.md").map(({ path }) => path)).toContain(INDEX);
});

test("links in code are no links, and those in tables and pictures are", () => {
  const text = "| [a](a.md) | ![b](b.png) |\n\n`[c](c.md)`\n\n```md\n[d](d.md)\n```\n[e](e.md#f)";
  expect(linksIn(text)).toEqual(["a.md", "b.png", "e.md#f"]);
});

test("anchors are those that GitHub makes: marks and points go, letters of all languages stay, twins count", () => {
  const text = "# `state` & *more*: 5 min!\n## [Über](x.md) snake_case\n## Twice\n## Twice\n```sh\n# no heading\n```\n";
  expect([...anchorsIn(text)]).toEqual(["state--more-5-min", "über-snake_case", "twice", "twice-1"]);
});
