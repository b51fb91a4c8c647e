import { isAbsolute, join, relative, resolve } from "node:path";
import { callbackProblem } from "../config/callback-url.ts";
import { configText } from "../config/example.ts";
import { problemsOf } from "../config/problems.ts";
import { type Config, configSchema } from "../config/schema.ts";
import { type Json, shownPath } from "../config/source.ts";
import { ConfigError } from "../errors.ts";

/** A secret that was typed, and gets a file of its own, or the path of a file that holds it already. */
export type Secret = { readonly typed: string } | { readonly file: string; readonly content: string };

const textOf = (secret: Secret): string => ("typed" in secret ? secret.typed : secret.content);

export interface PersonAnswer {
  readonly slug: string;
  readonly name: string;
  readonly unit: Config["people"][number]["weight_unit"];
  /** Of the original API. */
  readonly userid?: number;
  readonly publickey?: Secret;
}

export interface BrokerAnswer {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
}

/** Everything that a first configuration is made of. */
export interface Answers {
  readonly generation: "public" | "wbs";
  /** Another server that speaks the API; undefined for the service itself. */
  readonly baseUrl?: string;
  readonly authorizeUrl?: string;
  /** As it is registered in the developer portal, where it is not the usual one. */
  readonly redirectUrl?: string;
  /** Of today's API. */
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly people: readonly PersonAnswer[];
  readonly broker: BrokerAnswer;
  /** Undefined: the bridge polls. */
  readonly publicUrl?: string;
  readonly port?: number;
}

interface SecretFile {
  readonly path: string;
  readonly content: string;
}

export interface Files {
  readonly text: string;
  readonly secrets: readonly SecretFile[];
}

const FOLDER = "secrets";

/** The configuration as text, and a file for each secret that was typed. Paths of secrets begin in the configuration's folder. */
export function filesOf(answers: Answers, folder: string): Files {
  const secrets: SecretFile[] = [];
  const text = configText(
    treeOf(answers, (key, name, secret) => {
      if ("file" in secret) return { [`${key}_file`]: pathFrom(folder, secret.file) };
      const path = join(FOLDER, name);
      secrets.push({ path: join(folder, path), content: `${secret.typed}\n` });
      return { [`${key}_file`]: path };
    }),
    ["Weighbridge. Made by: weighbridge init. After a change:", "  weighbridge config check", "  weighbridge run"],
  );
  return { text, secrets };
}

function pathFrom(folder: string, file: string): string {
  const whole = resolve(file);
  const short = relative(resolve(folder), whole);
  return short.startsWith("..") || isAbsolute(short) ? whole : short;
}

/** The configuration that the answers make, with the secrets in it. Throws a ConfigError that names the first wrong answer. */
export function configOf(answers: Answers): Config {
  const tree = treeOf(answers, (key, _name, secret) => ({ [key]: textOf(secret) }));
  const parsed = configSchema.safeParse(tree, { reportInput: true });
  const [problem] = parsed.success ? callbackProblem(parsed.data) : problemsOf(parsed.error, []);
  if (parsed.success && problem === undefined) return parsed.data;
  const words = problem === undefined ? "an answer is wrong" : `${shownPath(problem.path)} ${problem.words}`;
  throw new ConfigError(`No configuration can be made of this: ${words}`, {
    code: "config_invalid",
    remedy: "Give another answer; weighbridge init --help names the options.",
  });
}

type Keep = (key: string, name: string, secret: Secret) => Json;

function treeOf(answers: Answers, keep: Keep): Json {
  const { broker, people, publicUrl, port } = answers;
  const callback = { ...(publicUrl !== undefined && { public_url: publicUrl }), ...(port !== undefined && { port }) };
  return {
    accounts: [accountOf(answers, keep)],
    people: people.map(({ slug, name, unit, userid, publickey }) => ({
      ...{ slug, name },
      ...(userid !== undefined && { userid }),
      ...(publickey && keep("publickey", `${slug}.key`, publickey)),
      ...(unit !== "kg" && { weight_unit: unit }),
    })),
    mqtt: {
      url: broker.url,
      ...(broker.username !== undefined && { username: broker.username }),
      ...(broker.password && keep("password", "mqtt.password", broker.password)),
    },
    ...(Object.keys(callback).length > 0 && { callback }),
  };
}

function accountOf(answers: Answers, keep: Keep): Json {
  const { generation, baseUrl, authorizeUrl, redirectUrl, clientId, clientSecret } = answers;
  return {
    id: "home",
    generation,
    ...(baseUrl !== undefined && { base_url: baseUrl }),
    ...(authorizeUrl !== undefined && { authorize_url: authorizeUrl }),
    ...(redirectUrl !== undefined && { redirect_url: redirectUrl }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(clientSecret && keep("client_secret", "withings.secret", clientSecret)),
  };
}
