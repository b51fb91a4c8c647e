import { accessSync, constants, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { callbackProblem } from "./callback-url.ts";
import { type Problem, problemsOf, unusable } from "./problems.ts";
import { type Config, configSchema } from "./schema.ts";
import { SECRET_KEYS, schemaAt } from "./schema-tree.ts";
import {
  describe,
  type Environment,
  isJson,
  type Json,
  type Path,
  readYaml,
  type Source,
  typed,
  withEnvironment,
} from "./source.ts";

/** Paths in the file are meant from where the file is. */
const FILE_KEYS = ["ca_file", "cert_file", "key_file"] as const;

export interface ConfigSources {
  /** Path of a YAML file; without one, everything comes from the environment. */
  readonly file?: string;
  readonly env?: Environment;
}

/**
 * The configuration of a file, then of the environment (`WEIGHBRIDGE_MQTT__URL` is `mqtt.url`), then of secret files. Throws a ConfigError
 * that names every wrong key, with its place and what to do.
 */
export function loadConfig({ file, env = {} }: ConfigSources): Config {
  const written: Source = file === undefined ? { tree: {}, placeOf: () => undefined } : readYaml(file);
  const source = withEnvironment(written, env);
  const base = file === undefined ? process.cwd() : dirname(resolve(file));
  const tree = typed(source.tree, schemaAt([])) as Json;
  const problems = readSecrets(tree, [], base);
  const parsed = configSchema.safeParse(tree, { reportInput: true });
  if (!parsed.success) {
    // A secret whose file is wrong is not missing as well.
    const explained = new Set(problems.map(({ path }) => path.join(".").replace(/_file$/, "")));
    problems.push(...problemsOf(parsed.error).filter(({ path }) => !explained.has(path.join("."))));
    throw unusable(problems, source, file);
  }
  const config = withWholePaths(parsed.data, base);
  problems.push(...unreadable(config), ...twins(config), ...callbackProblem(config));
  if (problems.length > 0) throw unusable(problems, source, file);
  return config;
}

/**
 * The same, for a bridge that is to run: with nobody in it, it would forget everybody whom it knew. Throws a ConfigError.
 */
export function loadHousehold(sources: ConfigSources): Config {
  const config = loadConfig(sources);
  if (config.people.length > 0) return config;
  const { file } = sources;
  const message =
    file === undefined
      ? "There is no configuration: neither --config <file> nor WEIGHBRIDGE_PEOPLE is given"
      : `${file} cannot be used: it has no people, so there is nobody to watch`;
  throw new ConfigError(message, {
    code: "config_invalid",
    remedy: "Give people, each with slug, name, userid and publickey; weighbridge.example.yaml shows how.",
  });
}

/** Puts what `<key>_file` names in the place of `<key>`; the schema only knows what the files hold. */
function readSecrets(value: unknown, path: Path, base: string): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => readSecrets(item, [...path, index], base));
  if (!isJson(value)) return [];
  const inner = Object.keys(value).flatMap((key) => readSecrets(value[key], [...path, key], base));
  const own = [...SECRET_KEYS].flatMap((key) => readSecret(value, key, path, base));
  return [...inner, ...own];
}

function readSecret(owner: Json, key: string, at: Path, base: string): Problem[] {
  const name = `${key}_file`;
  const file = owner[name];
  const path = [...at, name];
  if (file === undefined || schemaAt(path) === undefined) return [];
  delete owner[name];
  if (owner[key] !== undefined) return [{ path, words: `${key} is set as well; keep one of the two` }];
  try {
    const secret = readFileSync(resolve(base, String(file)), "utf8").trim();
    if (secret === "") return [{ path, words: `the file ${file} is empty; put the secret into it` }];
    owner[key] = secret;
    return [];
  } catch (cause) {
    const words = `the file ${file} cannot be read: ${describe(cause)}; put the secret into it, readable for this user`;
    return [{ path, words }];
  }
}

function withWholePaths(config: Config, base: string): Config {
  const mqtt: Config["mqtt"] = { ...config.mqtt };
  for (const key of FILE_KEYS) {
    const file = mqtt[key];
    if (file !== undefined) mqtt[key] = resolve(base, file);
  }
  return { ...config, mqtt, state_dir: resolve(base, config.state_dir) };
}

function unreadable({ mqtt }: Config): Problem[] {
  return FILE_KEYS.flatMap((key) => {
    const file = mqtt[key];
    if (file === undefined) return [];
    try {
      accessSync(file, constants.R_OK);
      return [];
    } catch (cause) {
      return [{ path: ["mqtt", key], words: `the file ${file} cannot be read: ${describe(cause)}` }];
    }
  });
}

const TWIN_REMEDIES = { slug: "give each person a slug of their own", userid: "name each person once" } as const;

function twins({ people }: Config): Problem[] {
  return (["slug", "userid"] as const).flatMap((key) =>
    people.flatMap((person, index) => {
      const first = people.findIndex((other) => other[key] === person[key]);
      if (first === index) return [];
      return [{ path: ["people", index, key], words: `people[${first}] has it already; ${TWIN_REMEDIES[key]}` }];
    }),
  );
}
