import { stringify } from "yaml";
import { propertiesOf, type SchemaNode, SECRET_KEYS, schemaAt } from "./schema-tree.ts";
import { isJson, type Json } from "./source.ts";

/** Values of the example that somebody must replace by their own. */
const MUST: Json = {
  accounts: [
    {
      id: "home",
      generation: "public",
      client_id: "0123456789abcdef",
      client_secret_file: "secrets/withings.secret",
    },
  ],
  people: [{ slug: "ada", name: "Ada" }],
  mqtt: { url: "mqtt://127.0.0.1:1883" },
};

/** Shown behind a # for keys that have no default, by key, or by section and key where sections differ. */
const SHOWN: Readonly<Record<string, unknown>> = {
  account: "home",
  userid: 12_345_678,
  client_id: "weighbridge",
  username: "weighbridge",
  password_file: "secrets/mqtt.password",
  "postgres.password_file": "secrets/postgres.password",
  token_file: "secrets/admin.token",
  ca_file: "tls/ca.pem",
  cert_file: "tls/bridge.pem",
  key_file: "tls/bridge.key",
  public_url: "https://home.example.org/withings",
  exact_url: "https://hooks.nabu.casa/gAAAAAB",
  url: "http://192.168.1.10:8481",
  registry_url: "https://npm.example.org/",
  authorize_url: "https://account.withings.com/oauth2_user/authorize2",
};

/** Sections in the order in which somebody fills them in; the others follow. */
const FIRST = ["accounts", "people", "mqtt", "callback"];
/** `api` is the older way to say what `accounts` says. `store_file` takes the place of `store`, whose comment explains it. */
const LEFT_OUT = new Set(["api", "store_file"]);

/** A commented configuration of today's API with every setting and its default. */
export const exampleText = (): string =>
  configText(MUST, [
    "Weighbridge: a configuration with every setting. Fill in accounts, people and mqtt, then run",
    "  weighbridge config check",
    "  weighbridge run",
  ]);

/** A configuration with these values. Every other setting stands beside them behind a #, with its default or an example. */
export function configText(values: Json, heading: readonly string[]): string {
  const root = propertiesOf(schemaAt([]));
  const names = [...FIRST, ...Object.keys(root).filter((name) => !FIRST.includes(name))];
  const sections = names
    .filter((name) => root[name] !== undefined && !LEFT_OUT.has(name))
    .map((name) => keyLines([name], root[name] as SchemaNode, values[name]).join("\n"));
  const first = [
    ...heading,
    "A line with a # before its key shows the default, or an example where there is none. Every setting can also come from",
    "the environment: WEIGHBRIDGE_MQTT__URL is mqtt.url. Relative paths are meant from where this file is.",
  ];
  return `${first.map((line) => `# ${line}`).join("\n")}\n\n${sections.join("\n\n")}\n`;
}

/** Keys from the root of the configuration. */
type Path = readonly string[];

/** One key with its comment; behind a # where it is not given. */
function keyLines(path: Path, node: SchemaNode, value: unknown): string[] {
  const name = path.at(-1);
  const comment = node.description === undefined ? [] : wrapped(node.description);
  // Without the # before it, a section that is not given says its defaults.
  const inner = value ?? defaultsOf(node);
  const lines = isSection(node) ? sectionLines(path, node, inner) : [`${name}: ${shown(path, node, value)}`];
  return [...comment, ...(value === undefined ? lines.map((line) => `# ${line}`.trimEnd()) : lines)];
}

function defaultsOf({ properties = {} }: SchemaNode): Json {
  const entries = Object.entries(properties).filter(([, { default: value }]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, { default: value }]) => [key, value]));
}

const isSection = ({ properties, items }: SchemaNode): boolean =>
  properties !== undefined || (items !== undefined && Object.keys(propertiesOf(items)).length > 0);

function sectionLines(path: Path, node: SchemaNode, value: unknown): string[] {
  const heading = `${path.at(-1)}:`;
  if (!node.items) return [heading, ...innerLines(path, node, value).map(indented)];
  const items = Array.isArray(value) && value.length > 0 ? value : [undefined];
  const lists = items.map((item, index) => itemLines(path, node.items as SchemaNode, item, index === 0));
  return [heading, ...lists.flat().map(indented)];
}

/** Only the first entry of a list explains every key. */
function itemLines(path: Path, node: SchemaNode, value: unknown, isExplained: boolean): string[] {
  const kind = kindOf(node, value);
  const lines = isExplained
    ? innerLines(path, kind, value)
    : Object.entries(value as Json).map(([key, inner]) => `${key}: ${scalar(inner)}`);
  const start = lines.findIndex((line) => !line.startsWith("#"));
  // A dash begins an entry, so the comments of its first key stand before it.
  return lines.map((line, index) => (index < start ? line : index === start ? `- ${line}` : `  ${line}`));
}

/** Of a section with several kinds the one whose generation the value has. */
function kindOf(node: SchemaNode, value: unknown): SchemaNode {
  const [first = node, ...others] = node.oneOf ?? [];
  const generation = isJson(value) ? value["generation"] : undefined;
  const isOf = ({ properties }: SchemaNode) =>
    (properties?.["generation"] as { const?: unknown } | undefined)?.const === generation;
  return [first, ...others].find(isOf) ?? first;
}

function innerLines(path: Path, node: SchemaNode, value: unknown): string[] {
  const given = isJson(value) ? value : {};
  const known = propertiesOf(node);
  return Object.keys(known)
    .filter((name) => isWritten(name, given))
    .flatMap((name) => keyLines([...path, name], known[name] as SchemaNode, given[name]));
}

/** Of a secret only its file, unless the value gives the secret itself. A publickey only where there is one: today's API has none. */
function isWritten(name: string, given: Json): boolean {
  if (name.startsWith("publickey")) return name in given;
  if (SECRET_KEYS.has(name)) return name in given;
  const secret = name.replace(/_file$/, "");
  return !(SECRET_KEYS.has(secret) && secret !== name && secret in given);
}

function shown(path: Path, node: SchemaNode, value: unknown): string {
  return scalar(value ?? node.default ?? SHOWN[path.join(".")] ?? SHOWN[path.at(-1) ?? ""] ?? "…");
}

const scalar = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(scalar).join(", ")}]` : stringify(value, { lineWidth: 0 }).trimEnd();

const indented = (line: string): string => (line === "" ? line : `  ${line}`);

const WIDTH = 110;

function wrapped(words: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of words.split(" ")) {
    if (line.length + 1 + word.length > WIDTH && line !== "#") {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
