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

/** Of a file whose content is lost, so that a new consent may take its place. */
export class DamagedGrantError extends TokensNotKeptError {
  constructor(path: string, words: string, cause?: unknown) {
    const remedy = "Restore a copy of it, or authorize the person again: the damaged file is kept beside the new one.";
    super(`${path} ${words}`, { code: "token_file_unusable", remedy, cause });
  }
}

/** Of a file that is there and cannot be used. It stays as it is. */
export const unusable = (path: string, words: string, remedy: string, cause?: unknown) =>
  new TokensNotKeptError(`${path} ${words}`, { code: "token_file_unusable", remedy, cause });
