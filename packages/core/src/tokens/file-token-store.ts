import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { InvalidCallError } from "../errors.ts";
import type { Grant, TokenStore } from "../ports/token-store.ts";
import { DamagedGrantError, notStored, outdated, unusable } from "./faults.ts";
import { processLock, type TokenLock } from "./process-lock.ts";

export interface FileTokenStoreOptions {
  /** Made where it is not there; nobody but its owner may look into it. */
  readonly directory: string;
  /** Where other processes use the directory, too, a lock that they share. @default a lock of this process */
  readonly lock?: TokenLock;
}

const VERSION = 1;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const OTHERS = 0o077;
const SUFFIX = ".json";
const DAMAGED = ".damaged";

const grantFile = z.object({
  version: z.literal(VERSION),
  userId: z.string().min(1),
  clientId: z.string().min(1),
  accessToken: z.string(),
  accessEndsAt: z.number(),
  refreshToken: z.string().min(1),
  refreshIssuedAt: z.number(),
  scope: z.string(),
  revision: z.int().nonnegative(),
  ended: z.object({ at: z.number(), code: z.string() }).optional(),
});

/**
 * One file for each grant, which people can back up and move. A file that others may read, that is damaged, or that a later version wrote is
 * refused with a remedy and never overwritten. A draft whose write fails is deleted, so that it takes no space of a full disk.
 */
export function fileTokenStore({ directory, lock = processLock(directory) }: FileTokenStoreOptions): TokenStore {
  const pathOf = (name: string) => join(directory, `${checkedName(name)}${SUFFIX}`);
  const read = async (name: string) => readGrant(pathOf(name));
  return {
    read,
    async write(name, grant) {
      const path = pathOf(name);
      if (grant.revision <= ((await read(name))?.revision ?? -1)) throw outdated(name);
      await writeWhole(directory, path, `${JSON.stringify({ version: VERSION, ...grant }, null, 2)}\n`).catch(
        (cause: unknown) => {
          throw notStored(path, cause);
        },
      );
    },
    async remove(name) {
      const path = pathOf(name);
      await rm(path, { force: true }).catch((cause: unknown) => {
        throw notStored(path, cause);
      });
    },
    async names() {
      const files = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOENT") return [];
        throw unusable(directory, `cannot be read (${cause.code})`, RIGHTS, cause);
      });
      const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
      return names.toSorted(byText);
    },
    async setDamagedAside(name) {
      const path = pathOf(name);
      try {
        await read(name);
        return false;
      } catch (error) {
        if (!(error instanceof DamagedGrantError)) throw error;
      }
      await rename(path, `${path}${DAMAGED}`).catch((cause: unknown) => {
        throw notStored(path, cause);
      });
      return true;
    },
    exclusively: (name, work) => lock(checkedName(name), work),
  };
}

const byText = (a: string, b: string) => (a < b ? -1 : 1);

/** A name becomes a file of the directory and of no other. */
function checkedName(name: string): string {
  if (/^[\w-][\w.-]{0,120}$/.test(name)) return name;
  throw new InvalidCallError("the name of a grant has other characters than letters, digits, dots, - and _", {
    code: "invalid_parameter",
  });
}

const RIGHTS = "Let the user of this program read and write it.";

async function readGrant(path: string): Promise<Grant | undefined> {
  const content = await readPrivate(path);
  if (content === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    // The parser's message quotes the content: its name must do.
    throw new DamagedGrantError(path, "is damaged", new Error((cause as Error).name));
  }
  const { version } = (json ?? {}) as { readonly version?: unknown };
  if (typeof version === "number" && version > VERSION)
    throw unusable(path, "was written by a later version", "Update this program, or restore a copy of before.");
  const parsed = grantFile.safeParse(json);
  if (!parsed.success) throw new DamagedGrantError(path, "holds no grant");
  const { version: _version, ended, ...grant } = parsed.data;
  return { ...grant, ...(ended && { ended }) };
}

/** Undefined where there is no file. */
async function readPrivate(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { mode } = await file.stat();
      // Windows has no such modes.
      if (process.platform !== "win32" && (mode & OTHERS) !== 0)
        throw unusable(path, "may be read by other users", `Run chmod 600 on it: it holds the person's consent.`);
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (syscall === undefined) throw cause;
    throw unusable(path, `cannot be read (${code})`, RIGHTS, cause);
  }
}

/** A draft, its bytes on disk, then its name, then the directory on disk: a power cut leaves the old file or the new one. */
async function writeWhole(directory: string, path: string, content: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const draft = `${path}.draft`;
  // A draft of a process that died, perhaps of another mode.
  await rm(draft, { force: true });
  try {
    await writeDraft(draft, content);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

async function writeDraft(path: string, content: string): Promise<void> {
  const file = await open(path, "wx", PRIVATE_FILE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories; its file system keeps a rename without this.
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
