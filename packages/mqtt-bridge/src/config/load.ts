import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { ConfigError } from "../errors.ts";
import { type Config, configSchema } from "./schema.ts";
import { nearestKey, schemaAt } from "./schema-tree.ts";

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

const ENV_PREFIX = "WEIGHBRIDGE_";
/** Paths in the file are meant from where the file is. */
const FILE_KEYS: readonly Path[] = [["state_dir"], ["mqtt", "ca_file"], ["mqtt", "cert_file"], ["mqtt", "key_file"]];
/** Secrets that can also be named as a file. */
const SECRETS: readonly Path[] = [["mqtt", "password"]];

export interface ConfigSources {
  /** Path of a YAML file; without one, everything comes from the environment. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The configuration of a file, then of the environment (`WEIGHBRIDGE_MQTT__URL` is `mqtt.url`), then of secret files. Throws a ConfigError
 * that names every wrong key, with its line and the remedy.
 */
export function loadConfig({ file, env = {} }: ConfigSources): Config {
  const source = file === undefined ? { json: {}, lineOf: () => undefined } : readYaml(file);
  const base = file === undefined ? process.cwd() : dirname(resolve(file));
  const json = readSecrets(withEnvironment(source.json, env), base);
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error, source.lineOf, file);
  const config = withWholePaths(parsed.data, base);
  refuseTwins(config);
  return config;
}

function readYaml(file: string): { json: Json; lineOf(path: Path): number | undefined } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`The configuration ${file} cannot be read: ${(cause as Error).message}`, {
      code: "config_unreadable",
      remedy: "Give the path of an existing file with --config.",
      cause,
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error)
    throw new ConfigError(`${file} is not valid YAML: ${error.message}`, {
      code: "config_yaml",
      remedy: "Check the indentation and the quotes at the line that is named.",
      cause: error,
    });
  const json = (document.toJS() ?? {}) as Json;
  return {
    json,
    lineOf(path) {
      const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
      return node?.range ? lines.linePos(node.range[0]).line : undefined;
    },
  };
}

function withEnvironment(json: Json, env: Readonly<Record<string, string | undefined>>): Json {
  const result = structuredClone(json);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || value === undefined || value === "") continue;
    const path = name.slice(ENV_PREFIX.length).toLowerCase().split("__");
    put(
      result,
      path,
      /^(\d+(\.\d+)?|true|false|\[.*\]|\{.*\})$/s.test(value) && !isTextKey(path) ? JSON.parse(value) : value,
    );
  }
  return result;
}

/** A password of digits stays a text. */
const isTextKey = (path: Path): boolean => schemaAt(path)?.type === "string";

function put(target: Json, [key, ...rest]: Path, value: unknown): void {
  const name = String(key);
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const next = (typeof inner === "object" && inner !== null ? inner : {}) as Json;
  target[name] = next;
  put(next, rest, value);
}

/** `publickey_file` and `mqtt.password_file` are read here; the schema only knows what they hold. */
function readSecrets(json: Json, base: string): Json {
  const owners: { owner: Json; key: string; shown: string }[] = [];
  for (const path of SECRETS) {
    const owner = json[String(path[0])];
    if (isJson(owner)) owners.push({ owner, key: String(path[1]), shown: path.join(".") });
  }
  const people = json["people"];
  if (Array.isArray(people))
    people.forEach((owner, index) => {
      if (isJson(owner)) owners.push({ owner, key: "publickey", shown: `people[${index}].publickey` });
    });
  for (const { owner, key, shown } of owners) {
    const file = owner[`${key}_file`];
    if (file === undefined) continue;
    if (owner[key] !== undefined) throw twice(shown);
    delete owner[`${key}_file`];
    owner[key] = secretOf(String(file), base, shown);
  }
  return json;
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const twice = (shown: string) =>
  new ConfigError(`${shown} and ${shown}_file are both set`, {
    code: "config_invalid",
    remedy: "Keep one of the two.",
  });

function secretOf(file: string, base: string, shown: string): string {
  try {
    return readFileSync(isAbsolute(file) ? file : resolve(base, file), "utf8").trim();
  } catch (cause) {
    throw new ConfigError(`${shown}_file names ${file}, which cannot be read: ${(cause as Error).message}`, {
      code: "config_invalid",
      remedy: "Put the secret into that file, readable for this user.",
      cause,
    });
  }
}

function withWholePaths(config: Config, base: string): Config {
  const result = structuredClone(config) as unknown as Json;
  for (const path of FILE_KEYS) {
    const value = path.reduce<unknown>((inner, key) => (inner as Json)[String(key)], result);
    if (typeof value === "string") put(result, path, resolve(base, value));
  }
  return result as unknown as Config;
}

function refuseTwins({ people }: Config): void {
  for (const key of ["slug", "userid"] as const) {
    const seen = new Set<unknown>();
    people.forEach((person, index) => {
      if (seen.has(person[key]))
        throw new ConfigError(`people[${index}].${key} is ${person[key]}, which another person has already`, {
          code: "config_invalid",
          remedy: key === "slug" ? "Give each person a slug of their own." : "Name each person once.",
        });
      seen.add(person[key]);
    });
  }
}

function invalid(error: z.ZodError, lineOf: (path: Path) => number | undefined, file: string | undefined): ConfigError {
  const lines = error.issues.flatMap((issue) => {
    const path = issue.path as Path;
    const at = lineOf(path);
    const where = at === undefined ? "" : ` (line ${at})`;
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    if (keys.length === 0) return [`${shownPath(path)}${where}: ${issue.message}`];
    return keys.map((key) => {
      const nearest = nearestKey(key, path);
      const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
      return `${shownPath([...path, key])}${where}: there is no such key${hint}`;
    });
  });
  const source = file === undefined ? "The configuration" : file;
  return new ConfigError(`${source} cannot be used:\n${lines.map((line) => `  ${line}`).join("\n")}`, {
    code: "config_invalid",
    remedy: "`weighbridge config schema` shows every key; weighbridge.example.yaml explains them.",
    cause: error,
  });
}

const shownPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    "",
  ) || "the whole";
