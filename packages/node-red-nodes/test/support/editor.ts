import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { buildSync } from "esbuild";
import manifest from "../../package.json" with { type: "json" };

export const LANGUAGES = ["en", "de", "fr"] as const;
const ROOT = join(import.meta.dirname, "../..");

export const TYPES = Object.keys(manifest["node-red"].nodes);
const folderOf = (type: string) =>
  join(ROOT, dirname((manifest["node-red"].nodes as Record<string, string>)[type] ?? "").replace("dist", "src"));

export const sourceOf = (type: string, file: string): string => readFileSync(join(folderOf(type), file), "utf8");

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
}

/** A page that answers anything and holds nothing. */
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
      node: () => ({ name: "Ada", generation }),
    },
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
