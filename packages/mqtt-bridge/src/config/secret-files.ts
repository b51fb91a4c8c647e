import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "./problems.ts";
import { SECRET_KEYS, schemaAt } from "./schema-tree.ts";
import { describe, isJson, type Json, type Path } from "./source.ts";

/** A file that a configuration names for a secret. */
export interface SecretFile {
  readonly path: Path;
  readonly file: string;
}

/** Secret files of a configuration: read ones, and what is wrong with the others. */
export interface SecretFiles {
  readonly read: readonly SecretFile[];
  readonly problems: readonly Problem[];
}

/** Replaces each `<key>_file` in the tree by `<key>` with the file's content: the schema knows `<key>` only. */
export function readSecretFiles(tree: Json, base: string): SecretFiles {
  const results = [...sections(tree)].flatMap(([owner, path]) =>
    [...SECRET_KEYS].flatMap((key) => readSecretFile(owner, key, path, base) ?? []),
  );
  return {
    read: results.filter((result) => "file" in result),
    problems: results.filter((result) => "words" in result),
  };
}

/** Every section of the tree, with its path. */
function* sections(value: unknown, path: Path = []): Generator<[Json, Path]> {
  if (isJson(value)) yield [value, path];
  else if (!Array.isArray(value)) return;
  const entries: Iterable<[string | number, unknown]> = isJson(value) ? Object.entries(value) : value.entries();
  for (const [key, inner] of entries) yield* sections(inner, [...path, key]);
}

/** No words quote the value: it may be the secret itself, put into the wrong key. */
function readSecretFile(owner: Json, key: string, at: Path, base: string): SecretFile | Problem | undefined {
  const name = `${key}_file`;
  const value = owner[name];
  const path = [...at, name];
  if (value === undefined || schemaAt(path) === undefined) return undefined;
  delete owner[name];
  if (owner[key] !== undefined) return { path, words: `${key} is set as well; keep one of the two` };
  if (typeof value !== "string") return { path, words: "must be the path of a file" };
  const file = resolve(base, value);
  try {
    const secret = readFileSync(file, "utf8").trim();
    if (secret === "") return { path, words: "the file is empty; put the secret into it" };
    owner[key] = secret;
    return { path, file };
  } catch (cause) {
    const words = `the file cannot be read: ${describe(cause)}; give the path of a file that holds ${key}, readable for this user`;
    return { path, words };
  }
}
