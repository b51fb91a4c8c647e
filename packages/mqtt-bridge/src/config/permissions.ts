import { statSync } from "node:fs";
import { SECRET_KEYS } from "./schema-tree.ts";
import type { SecretFile } from "./secret-files.ts";
import { isJson, type Json, type Path, shownPath } from "./source.ts";

/** The permission bit "others may read". */
const OTHERS_READ = 0o004;

/** One sentence for a configuration that others may read although it holds a secret, one for secret files that others may read. */
export function permissionWarnings(file: string | undefined, written: Json, secrets: readonly SecretFile[]): string[] {
  const warnings: string[] = [];
  const secret = file === undefined ? undefined : firstSecret(written);
  if (file !== undefined && secret !== undefined && isReadByOthers(file))
    warnings.push(
      `${file} holds ${shownPath(secret)}, and every user of this machine may read it: run chmod o-r on it, or give ${shownPath(secret)}_file instead`,
    );
  const open = secrets.filter((one) => isReadByOthers(one.file));
  const [first] = open;
  if (first !== undefined) {
    const more = open.length === 1 ? "" : ` (and of ${open.length - 1} more)`;
    warnings.push(
      `Every user of this machine may read the file of ${shownPath(first.path)}${more}: run chmod o-r on it`,
    );
  }
  return warnings;
}

/** The path of a secret that stands in the file itself. */
function firstSecret(value: unknown, path: Path = []): Path | undefined {
  if (Array.isArray(value)) return firstOf(value.entries(), path);
  if (!isJson(value)) return undefined;
  const key = Object.keys(value).find((name) => SECRET_KEYS.has(name) && isSecret(name, value[name]));
  return key === undefined ? firstOf(Object.entries(value), path) : [...path, key];
}

/** A store without a password in it is none. */
const isSecret = (key: string, value: unknown): boolean =>
  value !== "" && (key !== "store" || /:[^/@]+@/.test(String(value)));

function firstOf(entries: Iterable<[string | number, unknown]>, path: Path): Path | undefined {
  for (const [key, inner] of entries) {
    const found = firstSecret(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** False where the system has no such bits. */
function isReadByOthers(file: string): boolean {
  if (process.platform === "win32") return false;
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & OTHERS_READ) !== 0;
}
