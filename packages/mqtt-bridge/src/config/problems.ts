import type * as z from "zod";
import { ConfigError } from "../errors.ts";
import { nearestKey, schemaAt } from "./schema-tree.ts";
import { type Path, type Source, shownPath } from "./source.ts";

/** One thing that is wrong with a configuration: the key, and what to do. */
export interface Problem {
  readonly path: Path;
  readonly words: string;
}

/** What the schema refused. No words hold a value: it may be a secret. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as Path;
    if (issue.code !== "unrecognized_keys") return [{ path, words: wordsOf(issue, path) }];
    return issue.keys.map((key) => {
      const nearest = nearestKey(key, path);
      const hint = nearest === undefined ? "take it out" : `did you mean ${nearest}?`;
      return { path: [...path, key], words: `there is no such key; ${hint}` };
    });
  });
}

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
    case "too_small":
      return issue.origin === "string"
        ? "must not be empty"
        : `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string"
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** All of them in one error, each with its place. */
export function unusable(problems: readonly Problem[], { placeOf }: Source, file: string | undefined): ConfigError {
  const lines = problems.map(({ path, words }) => {
    const place = placeOf(path);
    return `  ${shownPath(path) || "the file"}${place === undefined ? "" : ` (${place})`}: ${words}`;
  });
  return new ConfigError(`${file ?? "The configuration"} cannot be used:\n${lines.join("\n")}`, {
    code: "config_invalid",
    remedy: "Correct what is named above; weighbridge.example.yaml explains every key.",
  });
}
