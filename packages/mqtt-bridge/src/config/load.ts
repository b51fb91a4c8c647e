import { dirname, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { accountOf, accountsOf, ONLY_ACCOUNT, personProblems, twinAccounts } from "./accounts.ts";
import { adminProblems } from "./admin.ts";
import { brokerProblems, brokerWarnings, FILE_KEYS } from "./broker-login.ts";
import { callbackProblem } from "./callback-url.ts";
import { databaseProblems } from "./database.ts";
import { permissionWarnings } from "./permissions.ts";
import { type Problem, problemsOf, unusable } from "./problems.ts";
import { type Config, configSchema, type PersonConfig, personSchema } from "./schema.ts";
import { schemaAt } from "./schema-tree.ts";
import { readSecretFiles } from "./secret-files.ts";
import { type Environment, isJson, type Json, readYaml, type Source, typed, withEnvironment } from "./source.ts";

export interface ConfigSources {
  /** Path of a YAML file; without one, everything comes from the environment. */
  readonly file?: string;
  readonly env?: Environment;
  /** Takes each sentence about a configuration that works but should be changed. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * The configuration of a file, then of the environment (`WEIGHBRIDGE_MQTT__URL` is `mqtt.url`), then of secret files. Throws a ConfigError
 * that names every wrong key, with its place and what to do.
 */
export function loadConfig({ file, env = {}, onWarning = () => {} }: ConfigSources): Config {
  const written: Source = file === undefined ? { tree: {}, placeOf: () => undefined } : readYaml(file);
  const source = withEnvironment(written, env);
  const base = file === undefined ? process.cwd() : dirname(resolve(file));
  const tree = typed(source.tree, schemaAt([])) as Json;
  const secrets = readSecretFiles(tree, base);
  const parsed = parse(tree);
  if ("problems" in parsed) {
    // A secret whose file is wrong is not missing as well.
    const explained = new Set(secrets.problems.map(({ path }) => path.join(".").replace(/_file$/, "")));
    const others = parsed.problems.filter(({ path }) => !explained.has(path.join(".")));
    throw unusable([...secrets.problems, ...others], source, file);
  }
  const config = withWholePaths(parsed.config, base);
  const problems = [
    ...secrets.problems,
    ...(tree["api"] !== undefined && config.accounts ? [TWO_WAYS] : []),
    ...brokerProblems(config),
    ...databaseProblems(config),
    ...twinAccounts(config),
    ...twins(config),
    ...callbackProblem(config),
    ...adminProblems(config),
  ];
  if (problems.length > 0) throw unusable(problems, source, file);
  const warnings = [...brokerWarnings(config), ...permissionWarnings(file, written.tree, secrets.read)];
  for (const warning of warnings) onWarning(warning);
  return config;
}

/**
 * Like `loadConfig`, but refuses an empty `people`: starting without people would delete all stored ones. Throws a ConfigError.
 */
export function loadRunnableConfig(sources: ConfigSources): Config {
  const config = loadConfig(sources);
  if (config.people.length > 0) return config;
  const { file } = sources;
  const message =
    file === undefined
      ? "There is no configuration: no weighbridge.yaml in this folder, no --config <file>, no WEIGHBRIDGE_PEOPLE"
      : `${file} cannot be used: it has no people, so there is nobody to watch`;
  throw new ConfigError(message, {
    code: "config_invalid",
    remedy:
      "Run weighbridge init, which makes one, or give people, each with slug and name, as weighbridge.example.yaml shows.",
  });
}

/** Checks people one by one: zod spreads the issues of a list over one call, which overflows the stack for a long list. */
function parse(tree: Json): { readonly config: Config } | { readonly problems: readonly Problem[] } {
  const { people, ...others } = tree;
  const isList = Array.isArray(people) && people.length <= LIMITS.people;
  const parsed = configSchema.safeParse(isList ? others : tree, { reportInput: true });
  const results = isList ? people.map((person) => personSchema.safeParse(person, { reportInput: true })) : [];
  // People are checked against accounts only where the accounts themselves are valid.
  const only = tree["accounts"] === undefined ? [{ id: ONLY_ACCOUNT, generation: "wbs" } as const] : undefined;
  const accounts = parsed.success ? accountsOf(parsed.data) : only;
  const problems = [
    ...(parsed.success ? [] : problemsOf(parsed.error, [])),
    ...results.flatMap(({ error }, index) => {
      const path = ["people", index];
      const written: unknown = isList ? people[index] : undefined;
      const unfit = accounts && isJson(written) ? personProblems(accounts, written, path) : [];
      return [...(error === undefined ? [] : problemsOf(error, path)), ...unfit];
    }),
  ];
  if (!parsed.success || problems.length > 0) return { problems };
  return { config: { ...parsed.data, people: results.flatMap(({ data }) => data ?? []) } };
}

function withWholePaths(config: Config, base: string): Config {
  const mqtt: Config["mqtt"] = { ...config.mqtt };
  for (const key of FILE_KEYS) {
    const file = mqtt[key];
    if (file !== undefined) mqtt[key] = resolve(base, file);
  }
  const postgres = { ...config.postgres };
  if (postgres.ca_file !== undefined) postgres.ca_file = resolve(base, postgres.ca_file);
  return { ...config, mqtt, postgres, state_dir: resolve(base, config.state_dir) };
}

const TWO_WAYS: Problem = {
  path: ["api"],
  words: "belongs to a configuration without accounts; move what is below it into the entries of accounts",
};

/** Two people with one slug, or with one userid at one server. */
function twins(config: Config): Problem[] {
  const accounts = accountsOf(config);
  const userOf = (person: PersonConfig) => {
    const account = accountOf(accounts, person);
    if (account === undefined || person.userid === undefined) return undefined;
    // Today's API has one userid for a person, whatever the application.
    return `${account.generation === "public" ? "public" : account.id} ${person.userid}`;
  };
  return [
    ...twinsBy(config.people, "slug", ({ slug }) => slug, "give each person a slug of their own"),
    ...twinsBy(config.people, "userid", userOf, "name each person once"),
  ];
}

function twinsBy(
  people: readonly PersonConfig[],
  key: string,
  textOf: (person: PersonConfig) => string | undefined,
  remedy: string,
): Problem[] {
  const first = new Map<string, number>();
  return people.flatMap((person, index) => {
    const value = textOf(person);
    if (value === undefined) return [];
    const before = first.get(value);
    first.set(value, before ?? index);
    if (before === undefined) return [];
    return [{ path: ["people", index, key], words: `people[${before}] has it already; ${remedy}` }];
  });
}
