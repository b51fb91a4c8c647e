import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { configText, exampleText } from "../../src/config/example.ts";
import { loadConfig } from "../../src/config/load.ts";
import { configSchema } from "../../src/config/schema.ts";
import { configJsonSchema, type SchemaNode } from "../../src/config/schema-tree.ts";

/** A key that is commented out stands alone before its value; whatever else stands behind a # is prose. */
const once = (content: string) => content.replace(/^( *)# ( *(?:# )?[a-z_]+:(?: (?:\S+|\[.*\]))?)$/gm, "$1$2");
const uncommented = (content: string) => once(once(content));
const withoutExactUrl = (content: string) => content.replace(/^ *exact_url:.*\n/m, "");

function written(content: string): string {
  const directory = stateDir();
  for (const folder of ["secrets", "tls"]) mkdirSync(join(directory, folder));
  for (const file of ["withings.secret", "mqtt.password", "postgres.password", "admin.token"])
    writeFileSync(join(directory, "secrets", file), "0123456789abcdef0123456789abcdef\n", { mode: 0o600 });
  const tls = (name: string) => new URL(`tls/${name}`, import.meta.url);
  copyFileSync(tls("bridge.pem"), join(directory, "tls/ca.pem"));
  for (const name of ["bridge.pem", "bridge.key"]) copyFileSync(tls(name), join(directory, "tls", name));
  const file = join(directory, "weighbridge.yaml");
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

test("config example can be used as it is, with every line of it, and each line is the default", () => {
  const config = loadConfig({ file: written(exampleText()) });
  expect(config.people).toMatchObject([{ slug: "ada", name: "Ada" }]);
  expect(loadConfig({ file: written(withoutExactUrl(uncommented(exampleText()))) }).callback.public_url).toBeDefined();
  // A line with a default shows it, so that taking the # away changes nothing.
  const { home_assistant, timing, log } = configSchema.parse({});
  expect(parse(uncommented(exampleText()))).toMatchObject({ home_assistant, timing, log });
});

test("config example names every key of a configuration for today's API, with the words of the schema", () => {
  const text = exampleText();
  const flat = text.replace(/\n *# +(?:# )?/g, " ");
  const look = ({ items, oneOf, properties = {} }: SchemaNode, path: string): void => {
    const only = items ?? oneOf?.[0];
    if (only) return look(only, path);
    for (const [key, inner] of Object.entries(properties)) {
      if (/^(api|publickey.*|password|client_secret|token|store_file)$/.test(key)) continue;
      expect(text, `${path}.${key}`).toMatch(new RegExp(`\\b${key}:`));
      expect(flat, `${path}.${key}`).toContain(inner.description ?? "");
      look(inner, `${path}.${key}`);
    }
  };
  look(configJsonSchema(), "");
});

test("a text with values reads back as those values, whatever they hold", () => {
  const values = {
    accounts: [{ id: "home", generation: "public", client_id: "007", client_secret: "a: b # c" }],
    people: [
      { slug: "ada", name: "Ada: the first" },
      { slug: "bob", name: "'Bob'", weight_unit: "lb" },
    ],
    mqtt: { url: "mqtt://broker:1883", username: "true", password: "12 #34" },
  };
  const config = loadConfig({ file: written(configText(values, ["Home"])) });
  expect(config).toMatchObject(values);
});
