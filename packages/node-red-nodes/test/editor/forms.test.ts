import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_KINDS } from "@weighbridge/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Properties } from "../../src/shared/properties.ts";
import {
  formHtmlOf,
  helpPageOf,
  LANGUAGES,
  labelsOf,
  loadForm,
  propertiesOf,
  sourceOf,
  TYPES,
} from "../support/editor.ts";

const ROOT = join(import.meta.dirname, "../..");
const RUNTIME = globSync("src/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
/** Shown for errors of the service. */
const LOOKED_UP_BY_CODE = "problem.";
/** One for each rule of a generation about callback URLs. */
const WRONG_URLS = [
  "ftp://h",
  "http://u:p@h",
  "https://h/#x",
  "https://h:8443",
  "https://localhost",
  `http://h/${"x".repeat(300)}`,
];

describe.each(TYPES)("the form of %s", (type) => {
  let html = "";
  let properties: Properties = {};
  beforeAll(async () => {
    html = await formHtmlOf(type);
    properties = await propertiesOf(type);
  });
  const { definition, asked, node } = loadForm(type);
  const prefix = definition.category === "config" ? "node-config-input-" : "node-input-";
  const defaults = Object.entries(definition.defaults).map(([name, { value }]) => [name, value] as const);

  test("has a field for every property that is saved, and none besides", () => {
    const saved = [...Object.keys(definition.defaults), ...Object.keys(definition.credentials ?? {})];
    const fields = [...html.matchAll(new RegExp(`id="${prefix}([\\w-]+)"`, "g"))].map(([, name]) => name);
    expect(new Set(fields)).toEqual(new Set(saved));
    expect(fields).toHaveLength(saved.length);
  });

  test("is derived from the properties alone: rows in their order, defaults, credentials, and an item of help in each language", async () => {
    const names = Object.keys(properties);
    const rows = [...html.matchAll(/id="node-(?:config-)?input-(\w+?)"/g)].map(([, name]) => name);
    expect(rows.filter((name) => names.includes(String(name)))).toEqual(names);
    for (const [name, { from, value }] of Object.entries(properties)) {
      if (from === "credential") expect(definition.credentials).toHaveProperty(name);
      else expect([name, definition.defaults[name]?.value]).toEqual([name, value]);
    }
    for (const language of LANGUAGES) {
      const labels = labelsOf(type, language);
      const page = await helpPageOf(type, language);
      for (const name of names.filter((one) => properties[one]?.kind !== "hidden"))
        expect(page).toContain(`– ${labels.get(`help.${name}`)}`);
    }
  });

  test("accepts its own defaults, but asks for an account", () => {
    const fresh = node(Object.fromEntries(defaults));
    for (const [name, { value, validate }] of Object.entries(definition.defaults))
      expect([name, validate?.call(fresh, String(value), {}) ?? true]).toEqual([name, true]);
    expect(definition.defaults["account"]?.required).toBe(definition.category === "config" ? undefined : true);
  });

  test("accepts a flow that was saved before its optional properties existed", () => {
    const older = node({ account: "a" });
    for (const [name, { validate, required }] of Object.entries(definition.defaults))
      if (!required) expect([name, validate?.call(older, "", {}) ?? true]).toEqual([name, true]);
  });

  test("opens, and has a label with and without a name", () => {
    const fresh = node(Object.fromEntries(defaults));
    definition.oneditprepare.call(fresh);
    expect(definition.label.call(fresh)).toMatch(/\w/);
    expect(definition.label.call(node({ name: "mine" }))).toBe("mine");
    expect(definition.labelStyle.call(node({ name: "mine" }))).toBe("node_label_italic");
    definition.inputLabels?.call(fresh);
    definition.outputLabels?.call(fresh);
  });

  test("starts at a version, so that later ones can migrate it", () => {
    expect(definition.defaults["version"]?.value).toBe(1);
  });

  test("hard-codes no colour and has an icon of its own", () => {
    expect(html).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(/i);
    expect(sourceOf(type, `icons/${type}.svg`)).toContain('stroke="#fff"');
    if (definition.icon) expect(definition.icon).toBe(`${type}.svg`);
  });

  test("says everything in every language", () => {
    const [english, ...others] = LANGUAGES.map((language) => labelsOf(type, language));
    for (const other of others) expect(new Set(other.keys())).toEqual(new Set(english?.keys()));
    for (const [key, words] of english ?? []) {
      const places = (text: string) => new Set([...text.matchAll(/__\w+__/g)].map(([place]) => place));
      for (const other of others) expect([key, places(other.get(key) ?? "")]).toEqual([key, places(words)]);
    }
  });

  test("uses every label, and looks up none that is missing", () => {
    const labels = labelsOf(type, "en");
    definition.oneditprepare.call(node(Object.fromEntries(defaults)));
    definition.paletteLabel.call(node({}));
    const inForm = [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, keys = ""]) => keys.split(";"));
    const needed = [
      ...inForm.map((key) => key.replace(/^\[[\w-]+\]/, "")).filter((key) => !key.startsWith("node-red:")),
      ...asked,
      ...reasonsOf("wbs"),
      ...reasonsOf("public"),
    ];
    for (const key of needed) expect(labels.has(key), `${key} is in no catalogue`).toBe(true);
    for (const key of labels.keys()) {
      const isInCode = RUNTIME.some((source) => source.includes(`"${key}"`));
      const isUsed =
        needed.includes(key) ||
        isInCode ||
        key.startsWith(LOOKED_UP_BY_CODE) ||
        key.startsWith("help.") ||
        isBuilt(key);
      expect(isUsed, `${key} is used nowhere`).toBe(true);
    }
  });

  test.each(LANGUAGES)("has help in %s with what a reader looks for", (language) => {
    const help = sourceOf(type, `locales/${language}/help.md`);
    const headings = help.match(/^### .+$/gm) ?? [];
    expect(headings).toHaveLength(HEADINGS[definition.category === "config" ? "config" : "node"]);
    expect(help.split("\n")[0]).toMatch(/^[^#].{20,}/);
    for (const name of ["fields", "errors"]) expect(help).toContain(`{{${name}}}`);
    const codes = (text: string) => new Set([...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
    expect(codes(help)).toEqual(codes(sourceOf(type, "locales/en/help.md")));
  });

  /** Keys that the form looks up where it refuses a value, at an account of the generation. */
  function reasonsOf(generation: string): ReadonlySet<string> {
    const form = loadForm(type, generation);
    const chosen = { account: "", generation, actionType: "choice", action: "get" };
    const wrong = form.node({ ...Object.fromEntries(defaults), ...chosen });
    for (const [name] of defaults)
      for (const value of ["", "not so", ...WRONG_URLS])
        form.definition.defaults[name]?.validate?.call(wrong, value, {});
    return form.asked;
  }

  /** Labels of which only the last part is a literal in the form's script. */
  function isBuilt(key: string): boolean {
    const [group = "", word = ""] = key.split(".");
    const script = sourceOf(type, "editor.ts");
    if (group === "status")
      return RUNTIME.some((source) => new RegExp(`"${word}"|${word}:`).test(source)) || isEventKind(word);
    if (group === "consent")
      return /^(wrong|stranger)_/.test(word) || RUNTIME.some((source) => source.includes(`"${word}"`));
    return ["action", "invalid"].includes(group) && (script.includes(`"${word}"`) || group === "invalid");
  }
});

const isEventKind = (word: string) => (EVENT_KINDS as readonly string[]).includes(word);

/** Inputs, outputs, details, errors, references; a config node has no messages. */
const HEADINGS = { node: 5, config: 3 } as const;

test("every node has what Node-RED looks for beside it", () => {
  for (const type of TYPES) expect(existsSync(join(ROOT, "src/nodes", type, `${type}.ts`))).toBe(true);
});

test("an account of a simulator of today's API on this machine takes a public address on it, and one of the real API does not", () => {
  const form = loadForm("withings-account", "public");
  const answer = (baseurl: string) =>
    form.definition.defaults["publicurl"]?.validate?.call(
      form.node({ generation: "public", baseurl }),
      "http://127.0.0.1:1880",
      {},
    );
  expect(answer("http://127.0.0.1:8470/")).toBe(true);
  expect(answer("https://wbsapi.withings.net/")).not.toBe(true);
});
