import { readdirSync, readFileSync } from "node:fs";
// The specification's own schema: the parser, which reads more into a document, would bring a hundred packages.
import asyncApiSchema from "@asyncapi/specs/schemas/3.0.0-without-$id.json" with { type: "json" };
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { DOCS, documentFiles } from "../../scripts/document-files.ts";
import { BRIDGE_TOPICS, PERSON_TOPICS } from "../../src/messages/topics.ts";
import { sentSchemas } from "../support/sent-schemas.ts";

const read = (path: string) => readFileSync(new URL(path, DOCS), "utf8");

let made: ReturnType<typeof documentFiles>;
beforeAll(() => {
  made = documentFiles();
}, 60_000);

test("docs/schemas and docs/asyncapi.yaml are what `pnpm schemas` writes", () => {
  const committed = readdirSync(new URL("schemas/", DOCS)).map((file) => `schemas/${file}`);
  expect(new Set([...committed, "asyncapi.yaml"])).toEqual(new Set(Object.keys(made)));
  for (const [path, text] of Object.entries(made))
    expect(read(path), `${path} is old: run npx --yes pnpm@12 schemas`).toBe(text);
});

test("docs/asyncapi.yaml is AsyncAPI 3, and each schema that it names is there", () => {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  const document = parse(read("asyncapi.yaml"));
  expect(ajv.validate(asyncApiSchema, document) ? [] : ajv.errors).toEqual([]);
  const named = [...read("asyncapi.yaml").matchAll(/\$ref: \.\/(schemas\/.+)$/gm)].map(([, path = ""]) => path);
  expect(new Set(named)).toEqual(new Set(Object.keys(made).filter((path) => /schemas\/(bridge|person)-/.test(path))));
  const references = [...read("asyncapi.yaml").matchAll(/\$ref: "?#\/channels\/([\w-]+)/g)].map(([, key = ""]) => key);
  expect(references.filter((key) => document.channels[key] === undefined)).toEqual([]);
});

test("docs/asyncapi.yaml has every topic of the table", () => {
  const { channels } = parse(read("asyncapi.yaml"));
  const addresses = Object.values(channels as Record<string, { address: string }>).map(({ address }) => address);
  const paths = [
    ...Object.values(BRIDGE_TOPICS).map(({ path }) => `weighbridge/${path}`),
    ...Object.values(PERSON_TOPICS).map(({ path }) => `weighbridge/people/{slug}/${path}`),
  ];
  for (const path of paths) {
    const pattern = new RegExp(`^${path.replace("{slug}", "\\{slug\\}").replace(/<\w+>/, "[^/]+")}$`);
    expect(
      addresses.some((address) => pattern.test(address)),
      path,
    ).toBe(true);
  }
});

test("a message with a wrong type, a missing key or an unknown one is found", () => {
  const state = sentSchemas().find(({ name }) => name === "person-target");
  const good = { schema: 1, unit: "kg", values: { weight: 65 }, set_at: "2026-11-24T07:00:00.000Z" };
  expect(state?.validate(good)).toBe(true);
  for (const bad of [{ ...good, unit: "oz" }, { ...good, set_at: "yesterday" }, { ...good, more: 1 }, { schema: 1 }])
    expect(state?.validate(bad)).toBe(false);
});
