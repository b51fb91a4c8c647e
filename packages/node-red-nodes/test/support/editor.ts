import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { buildSync } from "esbuild";
import manifest from "../../package.json" with { type: "json" };
import { formOf } from "../../scripts/form.ts";
import { helpOf, type Labels } from "../../scripts/help.ts";
import type { Properties } from "../../src/shared/properties.ts";

export const LANGUAGES = ["en", "de", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];
const ROOT = join(import.meta.dirname, "../..");

export const TYPES = Object.keys(manifest["node-red"].nodes);
const folderOf = (type: string) =>
  join(ROOT, dirname((manifest["node-red"].nodes as Record<string, string>)[type] ?? "").replace("dist", "src"));

export const sourceOf = (type: string, file: string): string => readFileSync(join(folderOf(type), file), "utf8");

export async function propertiesOf(type: string): Promise<Properties> {
  return ((await import(join(folderOf(type), "properties.ts"))) as { readonly properties: Properties }).properties;
}

/** A form as the build makes it. */
export async function formHtmlOf(type: string): Promise<string> {
  const labels = labelsOf(type, "en");
  const parts = existsSync(join(folderOf(type), "editor.html")) ? sourceOf(type, "editor.html") : "";
  const has = (key: string) => labels.has(key);
  return formOf({ properties: await propertiesOf(type), parts, has });
}

/** A help page as the build makes it. */
export async function helpPageOf(type: string, language: Language): Promise<string> {
  const labels = JSON.parse(sourceOf(type, `locales/${language}/labels.json`)) as Labels;
  const text = sourceOf(type, `locales/${language}/help.md`);
  return helpOf({ type, language, text, properties: await propertiesOf(type), labels });
}

/** Every label of a catalogue by its full key. */
export function labelsOf(type: string, language: string): Map<string, string> {
  const flat = new Map<string, string>();
  const walk = (node: object, path: string) => {
    for (const [key, value] of Object.entries(node))
      if (typeof value === "string") flat.set(path + key, value);
      else walk(value, `${path}${key}.`);
  };
  walk(JSON.parse(sourceOf(type, `locales/${language}/labels.json`)), "");
  return flat;
}

interface EditorNode {
  readonly id: string;
  _(key: string): string;
}

interface Property {
  readonly value: unknown;
  readonly required?: boolean;
  validate?(this: EditorNode, value: string, options: object): boolean | string;
}

interface Definition {
  readonly category: string;
  readonly icon?: string;
  readonly paletteLabel: (this: EditorNode) => string;
  readonly defaults: Readonly<Record<string, Property>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly label: (this: EditorNode) => string;
  readonly labelStyle: (this: EditorNode) => string;
  readonly inputLabels?: (this: EditorNode) => string;
  readonly outputLabels?: (this: EditorNode) => string;
  readonly oneditprepare: (this: EditorNode) => void;
  readonly oneditsave?: (this: EditorNode) => void;
}

/** Stands for the page: accepts every call, holds nothing. */
const anything: unknown = new Proxy(() => anything, {
  get: (_target, key) => {
    if (key === "val") return (...set: unknown[]) => (set.length > 0 ? anything : undefined);
    if (key === "typedInput") return (method: unknown) => (method === "type" ? "choice" : "");
    return () => anything;
  },
});

/** A form's script, run as the editor runs it; `asked` gets every key that it looks up. */
export function loadForm(type: string, generation = "wbs") {
  const { outputFiles } = buildSync({
    entryPoints: [join(folderOf(type), "editor.ts")],
    bundle: true,
    format: "iife",
    conditions: ["@weighbridge/source"],
    external: ["node:*"],
    write: false,
  });
  let definition: Definition | undefined;
  const RED = {
    settings: { httpNodeRoot: "/" },
    nodes: {
      registerType: (_type: string, registered: Definition) => {
        definition = registered;
      },
      subflow: () => undefined,
      eachNode: () => undefined,
      node: () => ({ name: "Ada", generation }),
    },
    comms: { subscribe: () => undefined, unsubscribe: () => undefined },
    validators: { typedInput: () => () => true },
  };
  const location = { origin: "https://home.example.org" };
  runInNewContext(outputFiles[0]?.text ?? "", { RED, $: anything, location, URL, Error, console });
  const labels = labelsOf(type, "en");
  const asked = new Set<string>();
  const node = (properties: object): EditorNode => ({
    id: "n1",
    ...properties,
    _: (key: string) => {
      asked.add(key);
      return labels.get(key) ?? key;
    },
  });
  return { definition: definition as Definition, asked, node };
}
