import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { configSchema } from "../../src/config/schema.ts";
import { configJsonSchema, type SchemaNode } from "../../src/config/schema-tree.ts";

type Tree = Record<string, unknown>;

const text = readFileSync(new URL("../../weighbridge.example.yaml", import.meta.url), "utf8");
/** A key that is commented out stands alone before its value; whatever else stands behind a # is prose. */
const uncommented = text.replace(/^( *)# ( *[a-z_]+:(?: \S+)?)$/gm, "$1$2");
const everything = parse(uncommented) as Tree;

/** The example in a directory with the files that it names. */
function written(content: string): string {
  const directory = stateDir();
  for (const folder of ["secrets", "tls"]) mkdirSync(join(directory, folder));
  for (const file of ["secrets/ada.key", "secrets/mqtt.password"]) writeFileSync(join(directory, file), "0123\n");
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
  if (!node.properties) return [path.join(".")];
  return Object.entries(node.properties).flatMap(([key, inner]) => keysOf(inner, [...path, key]));
}

test("the example can be used as it is, once its secret is there", () => {
  const config = loadConfig({ file: written(text) });
  expect(config.people).toMatchObject([{ slug: "ada", name: "Ada", publickey: "0123" }]);
});

test("the example can be used with every line of it", () => {
  const config = loadConfig({ file: written(uncommented) });
  expect(config.mqtt).toMatchObject({ username: "weighbridge", password: "0123" });
});

test("the example names every key", () => {
  // A secret is named by its key or by its file.
  const plain = (path: string) => path.replace(/(?<=\.(publickey|password))_file$/, "");
  expect(new Set(leaves(everything).map(([path]) => plain(path)))).toEqual(
    new Set(keysOf(configJsonSchema()).map(plain)),
  );
});

test("each default that the example shows is the default", () => {
  const must = new Set(leaves(parse(text)).map(([path]) => path));
  const shown = leaves(everything).filter(([path]) => !must.has(path));
  const person = { slug: "a", name: "A", userid: 1, publickey: "k" };
  const defaults = new Map(leaves(configSchema.parse({ people: [person] })));
  const differing = shown.filter(([path, value]) => defaults.get(path) !== value).map(([path]) => path);
  // These have no default: an example stands there.
  const examples = ["username", "password_file", "ca_file", "cert_file", "key_file", "client_id"];
  expect(new Set(differing)).toEqual(new Set(examples.map((key) => `mqtt.${key}`)));
});

test("the longest callback URL that the example promises is the longest that is taken", () => {
  const longest = Number(/At most (\d+)\n?/.exec(text)?.[1]);
  const url = (characters: number) => "http://home.example.org/".padEnd(characters, "x");
  const file = (characters: number) =>
    written(text.replace(/^ {2}public_url: .*$/m, `  public_url: ${url(characters)}`));
  expect(loadConfig({ file: file(longest) }).callback.public_url).toHaveLength(longest);
  expect(() => loadConfig({ file: file(longest + 1) })).toThrow("callback.public_url");
});
