import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { SetupError } from "../errors.ts";

/** Readable by nobody but the user that runs Node-RED. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/** Undefined where there is none. Throws a SetupError. */
export async function readPrivate(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw notKept(error);
  }
}

/** On disk as a whole when it resolves; a power cut leaves the old content or the new one. Not for two writers at once. Throws a SetupError. */
export async function writePrivate(path: string, content: string): Promise<void> {
  await write(path, content).catch((error: unknown) => {
    throw notKept(error);
  });
}

export const makePrivateDirectory = (path: string): Promise<unknown> =>
  mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY });

async function write(path: string, content: string): Promise<void> {
  const directory = dirname(path);
  await makePrivateDirectory(directory);
  const draft = `${path}.tmp`;
  const file = await open(draft, "w", PRIVATE_FILE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(directory);
}

export async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; its file system keeps a rename without this.
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Of a file that keeps what the nodes know. */
export function notKept(error: unknown): SetupError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new SetupError(`the state file could not be read or written (${code})`, {
    code: "state_not_kept",
    remedy:
      'Let Node-RED read and write the folder "weighbridge" in its user directory, and see that the disk is not full.',
    cause: error,
  });
}
