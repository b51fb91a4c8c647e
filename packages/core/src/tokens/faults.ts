import { TokensNotKeptError } from "../errors.ts";

export const outdated = (name: string) =>
  new TokensNotKeptError(`a newer pair of tokens of ${name} is stored already`, { code: "tokens_outdated" });

/** Of a write that the system refused. */
export function notStored(path: string, cause: unknown): TokensNotKeptError {
  const { code = "unknown error" } = cause as NodeJS.ErrnoException;
  return new TokensNotKeptError(`the tokens could not be written to ${path} (${code})`, {
    code: "tokens_not_stored",
    cause,
  });
}

/** Of a file that is there and cannot be used. It stays as it is. */
export const unusable = (path: string, words: string, remedy: string, cause?: unknown) =>
  new TokensNotKeptError(`${path} ${words}`, { code: "token_file_unusable", remedy, cause });
