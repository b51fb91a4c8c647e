import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { COMING, EXCEPTIONS, PACKAGES, type Package } from "../../lint/arrows.ts";
import { filesBelow, placeOf, violations } from "../../lint/violations.ts";

const ROOT = join(import.meta.dirname, "../..");
const SORTED = Object.entries(PACKAGES).filter(([, { rooms }]) => rooms["*"] === undefined);
const PAGE = readFileSync(join(ROOT, "docs/structure.md"), "utf8");
const PLACES = [...filesBelow(ROOT)].flatMap((file) => placeOf(file) ?? []);

/** A checkout with these files; gives what the check of `pnpm lint` prints. */
function checked(files: Readonly<Record<string, string>>): string[] {
  const tree = mkdtempSync(join(tmpdir(), "weighbridge-arrows-"));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(file)), { recursive: true });
    writeFileSync(join(tree, file), code);
  }
  const args = ["--experimental-strip-types", "--no-warnings", join(ROOT, "lint/check.ts")];
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: tree, encoding: "utf8" });
  const lines = stderr.trimEnd().split("\n");
  expect(status).toBe(lines.length > 0 ? 1 : 0);
  // An empty checkout needs no exception.
  return lines.filter((line) => !line.endsWith("take the exception out"));
}

const refused = (lines: readonly string[]) =>
  lines.map((line) => /^(.+): may not import (.+?): /.exec(line)?.slice(1).join(" → ") ?? line).sort();

/** A file of the room; `*` is a node called planted. */
const fileIn = (folder: string, room: string) =>
  `${folder}/src/${room.replace("*", "planted")}${room.endsWith("/") ? "planted.ts" : ""}`;

function importing(from: string, targets: readonly string[]): string {
  const lines = targets.map((target) => {
    const path = posix.relative(posix.dirname(from), target);
    return `import "${path.startsWith(".") ? path : `./${path}`}";`;
  });
  return lines.join("\n");
}

/** Each room imports each other one: what must be refused, and all of it. */
function everyPair(folder: string, { rooms }: Package): { files: Record<string, string>; forbidden: string[] } {
  const names = Object.keys(rooms);
  const files: Record<string, string> = {};
  const forbidden: string[] = [];
  for (const name of names) {
    const from = fileIn(folder, name);
    const others = names.filter((other) => other !== name);
    files[from] = importing(
      from,
      others.map((other) => fileIn(folder, other)),
    );
    const star = placeOf(from)?.star;
    for (const other of others) {
      const to = fileIn(folder, other);
      const toStar = placeOf(to)?.star;
      const isOtherNode = star !== undefined && toStar !== undefined && star !== toStar;
      if (isOtherNode || !rooms[name]?.may.includes(other)) forbidden.push(`${from} → ${to}`);
    }
  }
  return { files, forbidden };
}

test("`pnpm lint` runs the check", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(scripts.lint).toMatch(/^biome check .* && node lint\/check\.ts$/);
  expect(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8")).toContain("`check` | lint");
});

test("the sources keep to the table, with no exception that nothing needs", () => {
  expect(violations(ROOT)).toEqual([]);
});

test.each(SORTED)("%s: each import of a room that is not allowed is reported, and no other", (folder, rules) => {
  const { files, forbidden } = everyPair(folder, rules);
  expect(forbidden.length).toBeGreaterThan(20);
  expect(new Set(refused(checked(files)))).toEqual(new Set(forbidden));
});

test("modules are imported by the rooms that are named for them only", () => {
  const planted = {
    "packages/core/src/domain/a.ts": 'import * as z from "zod";',
    "packages/core/src/wbs/wire/a.ts": 'import * as z from "zod";',
    "packages/core/test/a.test.ts": 'import "@weighbridge/simulator";\nimport "fast-check";',
    "packages/simulator/src/services/a.ts": 'import "@weighbridge/core";',
    "packages/simulator/src/clock.ts": 'import "@weighbridge/core/clock";',
    "packages/mqtt-bridge/src/people/a.ts": 'const { connect } = await import("mqtt");',
    "packages/mqtt-bridge/src/mqtt/a.ts": 'export { connect } from "mqtt";',
    "packages/mqtt-bridge/src/store/a.ts": 'import { DatabaseSync } from "node:sqlite";\nimport "node:fs";',
    "packages/mqtt-bridge/src/store/sqlite/a.ts": 'import { DatabaseSync } from "node:sqlite";',
    "packages/mqtt-bridge/src/bridge.ts":
      'import "@weighbridge/node-red-nodes";\nimport type { x } from "@weighbridge/simulator";',
    "packages/node-red-nodes/src/account/a.ts": 'import type { Node } from "node-red";',
    "packages/node-red-nodes/src/runtime/a.ts": 'import type { Node } from "node-red";',
    "packages/node-red-nodes/test/a.ts": 'import "@weighbridge/mqtt-bridge";',
    "conformance/test/a.ts": 'import "../../packages/core/src/index.ts";\nimport "@weighbridge/core";',
  };
  expect(refused(checked(planted))).toEqual([
    "conformance/test/a.ts → packages/core/src/index.ts",
    "packages/core/src/domain/a.ts → zod",
    "packages/core/test/a.test.ts → @weighbridge/simulator",
    "packages/mqtt-bridge/src/bridge.ts → @weighbridge/node-red-nodes",
    "packages/mqtt-bridge/src/bridge.ts → @weighbridge/simulator",
    "packages/mqtt-bridge/src/people/a.ts → mqtt",
    "packages/mqtt-bridge/src/store/a.ts → node:sqlite",
    "packages/node-red-nodes/src/account/a.ts → node-red",
    "packages/node-red-nodes/test/a.ts → @weighbridge/mqtt-bridge",
    "packages/simulator/src/services/a.ts → @weighbridge/core",
  ]);
});

test("one node does not import another, nor another's form", () => {
  const planted = {
    "packages/node-red-nodes/src/nodes/a/a.ts":
      'import "../b/b.ts";\nimport "../withings-account/x.ts";\nimport "./c.ts";',
    "packages/node-red-nodes/src/nodes/a/editor.ts": 'import "../b/properties.ts";\nimport "./properties.ts";',
    "packages/node-red-nodes/src/nodes/withings-account/a.ts":
      'import "../a/properties.ts";\nimport "./properties.ts";',
  };
  expect(refused(checked(planted))).toEqual([
    "packages/node-red-nodes/src/nodes/a/a.ts → packages/node-red-nodes/src/nodes/b/b.ts",
    "packages/node-red-nodes/src/nodes/a/a.ts → packages/node-red-nodes/src/nodes/withings-account/x.ts",
    "packages/node-red-nodes/src/nodes/a/editor.ts → packages/node-red-nodes/src/nodes/b/properties.ts",
    "packages/node-red-nodes/src/nodes/withings-account/a.ts → packages/node-red-nodes/src/nodes/a/properties.ts",
  ]);
});

test("a file, a room or a package that the table does not know is an error", () => {
  const planted = {
    "packages/core/src/drawer/a.ts": "",
    "packages/mqtt-bridge/src/loose.ts": "",
    "packages/new/src/a.ts": "",
    "packages/core/src/follow/a.ts": 'import "../drawer/a.ts";',
  };
  expect(checked(planted)).toEqual([
    "packages/core/src/drawer/a.ts: no room of lint/arrows.ts holds this file",
    expect.stringContaining("packages/core/src/follow/a.ts: may not import packages/core/src/drawer/a.ts: no room"),
    "packages/mqtt-bridge/src/loose.ts: no room of lint/arrows.ts holds this file",
    "packages/new/src/a.ts: no room of lint/arrows.ts holds this file",
  ]);
});

test("an exception that nothing needs any more is an error", () => {
  const [first] = EXCEPTIONS;
  const empty = mkdtempSync(join(tmpdir(), "weighbridge-arrows-"));
  onTestFinished(() => rmSync(empty, { recursive: true }));
  expect(violations(empty, [first as (typeof EXCEPTIONS)[number]])).toEqual([
    `${first?.from}: does not import ${first?.to} any more: take the exception out`,
  ]);
});

test.each(SORTED)("%s: no room reaches itself through others", (_, { rooms }) => {
  const reach = (room: string, seen: Set<string>): Set<string> => {
    for (const next of rooms[room]?.may ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        reach(next, seen);
      }
    return seen;
  };
  expect(Object.keys(rooms).filter((room) => reach(room, new Set()).has(room))).toEqual([]);
});

test.each(SORTED)("%s: rooms allow only rooms that there are", (_, { rooms }) => {
  const unknown = Object.values(rooms).flatMap(({ may }) => may.filter((room) => rooms[room] === undefined));
  expect(unknown).toEqual([]);
});

test.each(SORTED)(
  "%s: every room of the table is on disk or to come, and stands in docs/structure.md",
  (folder, { rooms }) => {
    const there = new Set(PLACES.filter((place) => place.folder === folder).map(({ room }) => room));
    const names = Object.keys(rooms);
    expect(names.filter((room) => !there.has(room) && !COMING.has(room))).toEqual([]);
    const section =
      new RegExp(`^## ${posix.basename(folder)}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(PAGE)?.[1] ?? "";
    expect(names.filter((room) => !section.includes(`\`${room}\``))).toEqual([]);
  },
);

test.each(Object.keys(PACKAGES))("docs/structure.md says what %s is", (folder) => {
  expect(PAGE).toMatch(new RegExp(`^${folder} `, "m"));
});
