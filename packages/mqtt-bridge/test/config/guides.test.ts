import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { configSchema } from "../../src/config/schema.ts";
import { written } from "../support/config-files.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const KEYS = Object.keys(configSchema.shape);
const PEOPLE = "people:\n  - { slug: ada, name: Ada, userid: 29, publickey: s3cr3t }\n";

/** The pieces of configuration in a page, out of their lists. */
function configsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)];
  const texts = blocks.map(([, indent = "", text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
  return texts.filter((text) => {
    const tree = parse(text) as object;
    return !Array.isArray(tree) && Object.keys(tree).some((key) => KEYS.includes(key));
  });
}

const guides = globSync(["docs/**/*.md", "packages/mqtt-bridge/README.md"], { cwd: ROOT }).flatMap((file) =>
  configsIn(readFileSync(`${ROOT}/${file}`, "utf8")).map((text, index) => ({ file, index: index + 1, text })),
);

test("guides with configuration are found", () => {
  expect(new Set(guides.map(({ file }) => file)).size).toBeGreaterThan(3);
});

test.each(guides)("configuration $index of $file can be used", ({ text }) => {
  const whole = text.includes("people:") ? text : `${text}\n${PEOPLE}`;
  const files = {
    "withings.secret": "0123\n",
    "postgres.password": "0123\n",
    "admin.token": "0123456789abcdef0123456789abcdef\n",
  };
  const file = written(whole.replaceAll("secrets/", ""), files);
  expect(loadConfig({ file }).people).toHaveLength(1);
});
