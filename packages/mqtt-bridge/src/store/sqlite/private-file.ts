import { chmodSync, closeSync, constants, existsSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { StoreError } from "../../errors.ts";

const PRIVATE = 0o600;

/**
 * Makes a file that only its owner may read, or makes an existing one so. Never follows a link: in a directory that others may write to, a
 * link would let them choose which file is written.
 */
export function keepPrivate(file: string, content?: string): void {
  const handle = openWithoutLinks(file);
  try {
    if (content === undefined) return;
    ftruncateSync(handle);
    writeSync(handle, content, 0);
  } finally {
    closeSync(handle);
  }
}

function openWithoutLinks(file: string): number {
  try {
    const handle = openSync(file, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, PRIVATE);
    restrict(file);
    return handle;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ELOOP") throw cause;
    throw new StoreError(`${file} is a link`, {
      code: "state_unusable",
      remedy: "Remove the link, and let only the user of the bridge write to its directory.",
      cause,
    });
  }
}

/** A disk without modes, or a file of another user that this one may write, is no reason not to run. */
export function restrict(file: string): void {
  try {
    if (existsSync(file)) chmodSync(file, PRIVATE);
  } catch {}
}
