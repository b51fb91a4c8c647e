import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { StoreError } from "../errors.ts";
import { copyDatabase } from "../store/sqlite/copy.ts";
import { databaseFile } from "../store/sqlite/open-database.ts";

/** The file of a backup that names the others. */
export const MANIFEST = "backup.json";
/** The database of a backup. */
export const DATABASE = "weighbridge.sqlite";

export interface Manifest {
  readonly version: 1;
  readonly made_at: string;
  readonly made_by: string;
  /** SHA-256 of each file, by its path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface BackupInput {
  readonly stateDir: string;
  readonly folder: string;
  /** Version of this program. */
  readonly madeBy: string;
  readonly madeAt: string;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Copies a state directory into a new folder, for its owner alone. A bridge that runs is not disturbed. Throws a StoreError. */
export function makeBackup({ stateDir, folder, madeBy, madeAt }: BackupInput): Manifest {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new StoreError(`${folder} is there already, and not empty`, {
      code: "state_exists",
      remedy: "Name a new folder: a backup never replaces another one.",
    });
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
    copyDatabase(stateDir, join(folder, DATABASE));
    for (const path of furtherFiles(stateDir)) copyPrivately(join(stateDir, path), join(folder, path));
    const files = Object.fromEntries(
      [DATABASE, ...furtherFiles(folder)].map((path) => [path, digestOf(join(folder, path))]),
    );
    const manifest: Manifest = { version: 1, made_at: madeAt, made_by: madeBy, files };
    // Written last: a folder without it is no whole backup.
    writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: PRIVATE_FILE });
    return manifest;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new StoreError(`The backup ${folder} cannot be written: ${code ?? message}`, {
      code: "backup_unwritable",
      remedy: "Name a folder on a disk with free space that this user may write to.",
      cause,
    });
  }
}

/** Files beside the database that must survive, such as consents. Locks belong to a running process. */
function furtherFiles(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(weighbridge\.sqlite|lock\.|backup\.json)|(^|\/)locks\/|^replaced-/.test(path))
    .sort();
}

export function copyPrivately(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: PRIVATE_FOLDER });
  // Made first, so that nobody else can read it while it is filled.
  writeFileSync(to, "", { mode: PRIVATE_FILE });
  copyFileSync(from, to);
}

const CHUNK = 1 << 20;

/** Reads in parts: a database may be larger than the memory. */
export function digestOf(file: string): string {
  const hash = createHash("sha256");
  const part = Buffer.alloc(CHUNK);
  const handle = openSync(file, "r");
  try {
    for (let size = readSync(handle, part); size > 0; size = readSync(handle, part))
      hash.update(part.subarray(0, size));
  } finally {
    closeSync(handle);
  }
  return hash.digest("hex");
}

export const hasState = (stateDir: string): boolean =>
  existsSync(databaseFile(stateDir)) ||
  (existsSync(stateDir) && statSync(stateDir).isDirectory() && furtherFiles(stateDir).length > 0);
