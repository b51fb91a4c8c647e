import { dirname } from "node:path";
import { StoreError } from "../../errors.ts";

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const SPOILT: ReadonlySet<number> = new Set([CORRUPT, NOT_A_DATABASE]);
/** The primary code is the lowest byte of an extended one. */
const PRIMARY = 0xff;

/** Meaning of an error of SQLite, or of the system, for a state directory, with the remedy. */
export function storeError(file: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = (cause as { errcode?: unknown } | undefined)?.errcode;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (typeof code === "number" && SPOILT.has(code & PRIMARY)) return spoilt(file, message, cause);
  return new StoreError(`The state directory ${dirname(file)} cannot be used: ${message}`, {
    code: "state_unusable",
    remedy:
      "Check that it is on a disk with free space and that this user may write to it, then start again: what was acknowledged is on disk, and nothing of it is lost.",
    cause,
  });
}

const spoilt = (file: string, message: string, cause: unknown) =>
  new StoreError(`The database ${file} is spoilt: ${message}`, {
    code: "state_spoilt",
    remedy:
      "Restore a copy of the file, or move it away with the files beside it that begin with the same name: a new one is made at the next start. Weigh-ins and state come back from the API; events that were not published yet, verdicts on weigh-ins, and who was added when are lost.",
    cause,
  });
