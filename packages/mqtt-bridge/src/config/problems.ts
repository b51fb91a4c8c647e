import type * as z from "zod";
import { ConfigError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { nearestKey, schemaAt } from "./schema-tree.ts";
import { type Path, type Source, shownPath } from "./source.ts";

/** One thing that is wrong with a configuration: the key, and what to do. */
export interface Problem {
  readonly path: Path;
  readonly words: string;
}

/** Problems of what the schema refused. `at` is the place of the refused part. No words hold a value: it may be a secret. */
export function problemsOf(error: z.ZodError, at: Path): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = [...at, ...(issue.path as Path)];
    if (issue.code !== "unrecognized_keys") return [{ path, words: wordsOf(issue, path) }];
    return issue.keys.map((key) => {
      const nearest = nearestKey(nameOf(key), path);
      const isRunTogether = nearest === nameOf(key);
      const meant = isRunTogether ? "put a space behind the colon" : `did you mean ${nearest}?`;
      const hint = nearest === undefined ? "take it out" : meant;
      return { path: [...path, key], words: `there is no such key; ${hint}` };
    });
  });
}

/** Without a space behind it, a colon belongs to the key: `{publickey:0123}` has one key, and the secret is a part of it. */
const nameOf = (key: string): string => key.split(":")[0] ?? "";

/** The path, without the keys that are no plain words: they may hold a secret. */
const safePath = (path: Path): string =>
  shownPath(path.map((key) => (typeof key === "number" ? key : (/^[a-z_-]{1,40}(?=:|$)/i.exec(key)?.[0] ?? "…"))));

const TYPES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a section: keys below it, indented",
  array: "a list: entries below it that start with -",
};

function wordsOf(issue: z.core.$ZodIssue, path: Path): string {
  switch (issue.code) {
    case "invalid_type": {
      const { description } = schemaAt(path) ?? {};
      if (issue.input === undefined) return `is missing${description === undefined ? "" : `. ${description}`}`;
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    }
    case "invalid_value":
      return `must be ${issue.values.map(String).join(" or ")}`;
    case "invalid_union":
      return path.at(-1) === "generation" ? "must be public (today's API) or wbs (the original one)" : issue.message;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : tooSmall(issue);
    case "too_big":
      return `must ${TOO_BIG[issue.origin] ?? "be at most #"}`.replace("#", String(issue.maximum));
    default:
      return issue.message;
  }
}

const tooSmall = ({ inclusive, minimum }: z.core.$ZodIssueTooSmall) =>
  `must be ${inclusive === false ? "more than" : "at least"} ${minimum}`;

const TOO_BIG: Readonly<Record<string, string>> = {
  string: "have at most # characters",
  array: "have at most # entries",
};

/** One error with the problems, each with its place. */
export function unusable(problems: readonly Problem[], { placeOf }: Source, file: string | undefined): ConfigError {
  const shown = problems.slice(0, LIMITS.configProblemsShown);
  const lines = shown.map(({ path, words }) => {
    const place = placeOf(path);
    return `  ${safePath(path) || "the file"}${place === undefined ? "" : ` (${place})`}: ${words}`;
  });
  if (shown.length < problems.length) lines.push(`  and ${problems.length - shown.length} more`);
  return new ConfigError(`${file ?? "The configuration"} cannot be used:\n${lines.join("\n")}`, {
    code: "config_invalid",
    remedy: "Correct what is named above; weighbridge.example.yaml explains every key.",
  });
}
