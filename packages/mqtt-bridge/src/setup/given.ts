import { readFileSync } from "node:fs";
import { describe } from "../config/source.ts";
import { ConfigError } from "../errors.ts";
import type { Answers, PersonAnswer, Secret } from "./answers.ts";
import { slugOf } from "./wizard.ts";

/** Options of `init` that are answers. */
export interface AnswerOptions {
  readonly generation?: Answers["generation"];
  readonly person?: readonly string[];
  readonly unit?: PersonAnswer["unit"];
  readonly userid?: readonly string[];
  readonly publickeyFile?: readonly string[];
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly broker?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly publicUrl?: string;
  readonly port?: number;
  readonly baseUrl?: string;
  readonly authorizeUrl?: string;
  readonly redirectUrl?: string;
}

/** The answers that options give. Throws a ConfigError where a file cannot be read, or where two options do not fit. */
export function givenAnswers(options: AnswerOptions): Partial<Answers> {
  const { generation, clientId, clientSecretFile, publicUrl, port, baseUrl, authorizeUrl, redirectUrl } = options;
  const people = peopleOf(options);
  return {
    ...(generation && { generation }),
    ...(people.length > 0 && { people }),
    ...(clientId !== undefined && { clientId }),
    ...(clientSecretFile !== undefined && { clientSecret: secretIn(clientSecretFile, "--client-secret-file") }),
    ...(options.broker !== undefined && { broker: brokerOf(options, options.broker) }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(port !== undefined && { port }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(authorizeUrl !== undefined && { authorizeUrl }),
    ...(redirectUrl !== undefined && { redirectUrl }),
  };
}

/** Options that are needed where no questions can be asked. Throws a ConfigError that names every missing one. */
export function complete(given: Partial<Answers>): Answers {
  const { generation = "public", people, broker, clientId, clientSecret } = given;
  const needed: readonly (readonly [option: string, isGiven: boolean])[] = [
    ["--person <name>", people !== undefined],
    ["--broker <url>", broker !== undefined],
    ["--client-id <id>", generation === "wbs" || clientId !== undefined],
    ["--client-secret-file <file>", generation === "wbs" || clientSecret !== undefined],
    ["--base-url <url>", generation === "public" || given.baseUrl !== undefined],
  ];
  const missing = needed.filter(([, isGiven]) => !isGiven).map(([option]) => option);
  if (people === undefined || broker === undefined || missing.length > 0)
    throw misused(`with --yes nobody is asked, and these are missing: ${missing.join(", ")}`);
  return { ...given, generation, people, broker };
}

function peopleOf({ person = [], unit = "kg", userid = [], publickeyFile = [] }: AnswerOptions): PersonAnswer[] {
  if (userid.length !== publickeyFile.length || (userid.length > 0 && userid.length !== person.length))
    throw misused("--userid and --publickey-file are given once for each --person, in the same order");
  return person.map((text, index) => {
    const [first = "", name] = text.split("=");
    const key = publickeyFile[index];
    const original =
      key === undefined ? {} : { userid: Number(userid[index]), publickey: secretIn(key, "--publickey-file") };
    return name === undefined
      ? { slug: slugOf(first), name: first, unit, ...original }
      : { slug: first, name, unit, ...original };
  });
}

function brokerOf({ username, passwordFile }: AnswerOptions, url: string): Answers["broker"] {
  return {
    url,
    ...(username !== undefined && { username }),
    ...(passwordFile !== undefined && { password: secretIn(passwordFile, "--password-file") }),
  };
}

function secretIn(file: string, option: string): Secret {
  try {
    const content = readFileSync(file, "utf8").trim();
    if (content !== "") return { file, content };
  } catch (cause) {
    throw misused(`the file of ${option} cannot be read: ${describe(cause)}`);
  }
  throw misused(`the file of ${option} is empty`);
}

export const misused = (words: string) =>
  new ConfigError(words, { code: "config_usage", remedy: "weighbridge init --help explains the options." });
