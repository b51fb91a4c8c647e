import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { discoveryMessages } from "../../src/home-assistant/discovery.ts";
import { topicsBelow } from "../../src/messages/topics.ts";

const DEPLOY = new URL("../../../../deploy/home-assistant/", import.meta.url);
const BLUEPRINTS = new URL("blueprints/automation/", DEPLOY);
const read = (url: URL) => readFileSync(url, "utf8");

/** Ids of the entities that a person of the slug ada and the bridge have at first. */
const known = new Set(
  discoveryMessages(
    { prefix: "homeassistant", style: "components", topics: topicsBelow("weighbridge"), baseTopic: "w", version: "1" },
    [{ slug: "ada", account: "wbs:29", name: "Ada", weightUnit: "kg", seen: [] }],
  ).map(({ payload }) => JSON.parse(payload).default_entity_id as string | undefined),
);

const named = (text: string) =>
  [...text.matchAll(/\b(?:binary_)?(?:sensor|button|event)\.(?!press|data)[a-z_]+\b/g)].map(([id]) => id);

test("the dashboard names entities that there are", () => {
  const text = read(new URL("dashboard.yaml", DEPLOY));
  expect(parse(text).views).toHaveLength(1);
  const ids = named(text);
  expect(ids.length).toBeGreaterThan(20);
  expect(ids.filter((id) => !known.has(id))).toEqual([]);
});

test("the dashboard of somebody else has nothing of Ada in it", () => {
  const text = read(new URL("dashboard.yaml", DEPLOY)).replaceAll("ada", "ben").replaceAll("Ada", "Ben");
  expect(text).not.toMatch(/ada/i);
  expect(() => parse(text)).not.toThrow();
});

test.each(readdirSync(BLUEPRINTS))(
  "%s is found at its address, uses each of its inputs, and names entities that there are",
  (file) => {
    const text = read(new URL(file, BLUEPRINTS));
    const { blueprint } = parse(text, { customTags: [{ tag: "!input", resolve: (name: string) => `input ${name}` }] });
    expect(blueprint).toMatchObject({
      domain: "automation",
      name: expect.any(String),
      description: expect.any(String),
    });
    expect(blueprint.source_url).toMatch(new RegExp(`/deploy/home-assistant/blueprints/automation/${file}$`));
    const used = new Set([...text.matchAll(/!input (\w+)/g)].map(([, name]) => name));
    expect(used).toEqual(new Set(Object.keys(blueprint.input)));
    expect(named(text).filter((id) => !known.has(id))).toEqual([]);
  },
);
