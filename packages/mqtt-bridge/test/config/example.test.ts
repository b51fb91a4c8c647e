import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { configSchema } from "../../src/config/schema.ts";
import { configJsonSchema, type SchemaNode } from "../../src/config/schema-tree.ts";

type Tree = Record<string, unknown>;

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
/** A key that is commented out stands alone before its value; whatever else stands behind a # is prose. */
const uncommented = (content: string) => content.replace(/^( *)# ( *[a-z_]+:(?: (?:\S+|\[.*\]))?)$/gm, "$1$2");
/** Of two keys that exclude each other one. */
const withoutExactUrl = (content: string) => content.replace(/^ *exact_url:.*\n/m, "");

const text = read("weighbridge.example.yaml");
const original = read("weighbridge.wbs.example.yaml");
const everything = parse(uncommented(text)) as Tree;
const all = [everything, parse(uncommented(original)) as Tree];

/** The example in a directory with the files that it names. */
function written(content: string): string {
  const directory = stateDir();
  for (const folder of ["secrets", "tls"]) mkdirSync(join(directory, folder));
  for (const file of [
    "secrets/ada.key",
    "secrets/withings.secret",
    "secrets/mqtt.password",
    "secrets/postgres.password",
  ])
    writeFileSync(join(directory, file), "0123\n");
  writeFileSync(join(directory, "secrets/admin.token"), "0123456789abcdef\n");
  const tls = (name: string) => new URL(`tls/${name}`, import.meta.url);
  copyFileSync(tls("bridge.pem"), join(directory, "tls/ca.pem"));
  for (const name of ["bridge.pem", "bridge.key"]) copyFileSync(tls(name), join(directory, "tls", name));
  const file = join(directory, "weighbridge.yaml");
  writeFileSync(file, content);
  return file;
}

function leaves(value: unknown, path: readonly string[] = []): [path: string, value: unknown][] {
  if (Array.isArray(value)) return leaves(value[0], path);
  if (typeof value !== "object" || value === null) return [[path.join("."), value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function keysOf(node: SchemaNode, path: readonly string[] = []): string[] {
  if (node.items) return keysOf(node.items, path);
  if (node.oneOf) return node.oneOf.flatMap((kind) => keysOf(kind, path));
  if (!node.properties) return [path.join(".")];
  return Object.entries(node.properties).flatMap(([key, inner]) => keysOf(inner, [...path, key]));
}

test("the examples can be used as they are, once their secrets are there", () => {
  const config = loadConfig({ file: written(text) });
  expect(config.accounts).toMatchObject([{ id: "home", client_secret: "0123" }]);
  expect(config.people).toMatchObject([{ slug: "ada", name: "Ada" }]);
  expect(loadConfig({ file: written(original) }).people).toMatchObject([{ slug: "ada", publickey: "0123" }]);
});

test("the examples can be used with every line of them", () => {
  const config = loadConfig({ file: written(withoutExactUrl(uncommented(text))) });
  expect(config.mqtt).toMatchObject({ username: "weighbridge", password: "0123" });
  expect(loadConfig({ file: written(uncommented(original)) }).api.generation).toBe("wbs");
});

test("the examples name every key", () => {
  // A secret is named by its key or by its file.
  const plain = (path: string) => path.replace(/(?<=(^store|\.(publickey|password|client_secret|token)))_file$/, "");
  const named = all.flatMap((tree) => leaves(tree).map(([path]) => plain(path)));
  const known = keysOf(configJsonSchema()).map(plain);
  // A server of the original API takes the keys of `api` as an entry of accounts, too.
  expect(new Set([...named, "accounts.method"])).toEqual(new Set(known));
});

test("each default that the examples show is the default", () => {
  const must = new Set([text, original].flatMap((content) => leaves(parse(content)).map(([path]) => path)));
  const shown = all.flatMap((tree) => leaves(tree)).filter(([path]) => !must.has(path));
  const accounts = [{ id: "home", generation: "public", client_id: "c", client_secret: "s" }];
  const defaults = new Map(leaves(configSchema.parse({ accounts, people: [{ slug: "a", name: "A" }] })));
  const differing = shown.filter(([path, value]) => defaults.get(path) !== value).map(([path]) => path);
  // These have no default: an example stands there.
  const examples = ["username", "password_file", "ca_file", "cert_file", "key_file", "client_id"];
  const others = [
    "callback.exact_url",
    "people.account",
    "accounts.authorize_url",
    "admin.token_file",
    "admin.url",
    "home_assistant.registry_url",
    "postgres.password_file",
    "postgres.ca_file",
  ];
  expect(new Set(differing)).toEqual(new Set([...examples.map((key) => `mqtt.${key}`), ...others]));
});

test.each([
  ["today's API", text, "https"],
  ["the original API", original, "http"],
])("the longest callback URL that the example of %s promises is the longest that is taken", (_, example, scheme) => {
  const longest = Number(/At most (\d+)/.exec(example)?.[1]);
  const url = (characters: number) => `${scheme}://home.example.org/`.padEnd(characters, "x");
  const file = (characters: number) =>
    written(example.replace(/^ {2}(# )?public_url: .*$/m, `  public_url: ${url(characters)}`));
  expect(loadConfig({ file: file(longest) }).callback.public_url).toHaveLength(longest);
  expect(() => loadConfig({ file: file(longest + 1) })).toThrow("callback.public_url");
});
