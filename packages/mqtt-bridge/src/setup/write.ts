import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../errors.ts";
import type { Files } from "./answers.ts";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Of the files that would be written those that are there already. */
export const existing = (file: string, { secrets }: Files): string[] =>
  [file, ...secrets.map(({ path }) => path)].filter((path) => existsSync(path));

/** Writes the configuration and its secrets, each for its owner alone. Throws a ConfigError where one is there and may not be replaced. */
export function writeFiles(file: string, files: Files, mayReplace: boolean): void {
  // `wx` also refuses a file that came since somebody looked.
  const flag = mayReplace ? "w" : "wx";
  for (const { path, content } of [...files.secrets, { path: file, content: files.text }]) {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
      writeFileSync(path, content, { mode: PRIVATE_FILE, flag });
    } catch (cause) {
      const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
      throw code === "EEXIST" ? thereAlready([path]) : unwritable(path, code, cause);
    }
  }
}

export const thereAlready = (paths: readonly string[]) =>
  new ConfigError(`${paths.join(", ")} ${paths.length === 1 ? "is" : "are"} there already, and stayed as before`, {
    code: "config_exists",
    remedy: "Give another --config <file>, or --force to replace it.",
  });

const unwritable = (path: string, code: string, cause: unknown) =>
  new ConfigError(`${path} cannot be written: ${code}`, {
    code: "config_unwritable",
    remedy: "Give --config <file> in a folder that this user may write to.",
    cause,
  });
