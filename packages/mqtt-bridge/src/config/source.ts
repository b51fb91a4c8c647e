import { readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLParseError } from "yaml";
import { ConfigError } from "../errors.ts";
import { propertiesOf, type SchemaNode, schemaAt } from "./schema-tree.ts";

export type Json = Record<string, unknown>;
export type Path = readonly (string | number)[];
export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration before its values are checked. */
export interface Source {
  /** A tree of texts: the schema decides what each one means. */
  readonly tree: Json;
  /** The line or variable that sets a key; for a missing key that of its section. Undefined if nothing sets either. */
  placeOf(path: Path): string | undefined;
}

const ENV_PREFIX = "WEIGHBRIDGE_";

export const shownPath = (path: Path): string =>
  path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${key}` : key), "");

/** A YAML file. No message quotes it: a line may hold a secret. */
export function readYaml(file: string): Source {
  const lines = new LineCounter();
  // Without `failsafe` a password of digits would be a number, and lose its zeros.
  const document = parseDocument(textOf(file), { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => `line ${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error) throw notYaml(file, lineAt(error.pos[0]), yamlProblem(document.errors));
  let tree: unknown;
  try {
    tree = document.toJS() ?? {};
  } catch {
    throw notYaml(file, undefined, "names an alias that is not there: a text that starts with * needs quotes");
  }
  if (!isJson(tree)) throw notYaml(file, "line 1", "must be a list of `key: value` lines");
  return {
    tree,
    placeOf: (path) => {
      let node: unknown = document.contents;
      let offset: number | undefined;
      for (const key of path) {
        const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
        const next = isSeq(node) ? node.items[Number(key)] : pair?.value;
        const start = rangeOf(pair?.key) ?? rangeOf(next);
        if (start === undefined) break;
        offset = start;
        node = next;
      }
      return offset === undefined ? undefined : lineAt(offset);
    },
  };
}

const rangeOf = (node: unknown): number | undefined =>
  (node as { range?: readonly [number, number, number] } | undefined)?.range?.[0];

const YAML_PROBLEMS: Readonly<Record<string, string>> = {
  BAD_INDENT: "is not indented like its neighbours",
  BAD_SCALAR_START: "has a text that starts with a special character: put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "holds more than one colon with a space behind it: put the text in quotes",
  DUPLICATE_KEY: "repeats a key of the same section: keep one of the two",
  MISSING_CHAR: "ends a text whose closing quote or bracket is missing",
  TAB_AS_INDENT: "is indented by a tab: use spaces",
};

/** The parser calls a line that is indented too far by what it takes the line for. */
function yamlProblem([first, second]: readonly YAMLParseError[]): string {
  const isItem = first?.code === "MISSING_CHAR" && first.message.startsWith("Sequence item");
  if (isItem) return YAML_PROBLEMS["BAD_INDENT"] ?? "";
  if (first?.code === "BLOCK_AS_IMPLICIT_KEY" && second?.code === "MULTILINE_IMPLICIT_KEY")
    return "is followed by a line that is indented too far";
  return YAML_PROBLEMS[first?.code ?? ""] ?? "cannot be understood";
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`The configuration ${file} cannot be read: ${describe(cause)}`, {
      code: "config_unreadable",
      remedy: "Give the path of a file that exists and that this user may read: --config <file>.",
      cause,
    });
  }
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is no directory",
  ENAMETOOLONG: "this is too long for a path",
  ERR_INVALID_ARG_VALUE: "this is no path",
};

/** Why a file could not be read, in words. The error's own message is left out: it quotes the path, which may be a secret. */
export const describe = (cause: unknown): string => {
  const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
  return FILE_PROBLEMS[code] ?? code;
};

const notYaml = (file: string, place: string | undefined, problem: string) =>
  new ConfigError(`${file} is not valid YAML: ${place === undefined ? "it" : place} ${problem}`, {
    code: "config_yaml",
    remedy: "Correct the file there; `weighbridge config check` checks it.",
  });

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Adds what the environment sets: `WEIGHBRIDGE_MQTT__URL` is `mqtt.url`. */
export function withEnvironment(source: Source, env: Environment): Source {
  const tree = structuredClone(source.tree);
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || value === undefined || value === "") continue;
    const path = name.slice(ENV_PREFIX.length).toLowerCase().split("__");
    names.set(shownPath(path), name);
    put(tree, path, isTree(schemaAt(path)) ? treeOf(name, value) : value);
  }
  const nameOf = (path: Path): string | undefined =>
    path.map((_, index) => names.get(shownPath(path.slice(0, index + 1)))).find((name) => name !== undefined);
  return { tree, placeOf: (path) => nameOf(path) ?? source.placeOf(path) };
}

const isTree = (node: SchemaNode | undefined): boolean => node?.type === "array" || node?.type === "object";

/** A list or a section in one variable, as JSON or in YAML's flow style. */
function treeOf(name: string, text: string): unknown {
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false });
  if (document.errors.length === 0 && !isScalar(document.contents)) return document.toJS();
  throw new ConfigError(`${name} is not JSON`, {
    code: "config_invalid",
    remedy: `Give it as JSON, such as ${name}='[{"slug": "ada", …}]', or put it into the file.`,
  });
}

function put(target: Json, [key, ...rest]: Path, value: unknown): void {
  const name = String(key);
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const next = isJson(inner) ? inner : {};
  target[name] = next;
  put(next, rest, value);
}

/** Turns texts into what the schema expects. An empty value counts as not given. */
export function typed(value: unknown, node: SchemaNode | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => typed(item, node?.items));
  if (isJson(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== "");
    const known = propertiesOf(node);
    return Object.fromEntries(entries.map(([key, inner]) => [key, typed(inner, known[key])]));
  }
  if ((node?.type === "integer" || node?.type === "number") && /^-?\d+(\.\d+)?$/.test(String(value)))
    return Number(value);
  if (node?.type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}
