import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";
import * as z from "zod";
import { StoreError } from "../errors.ts";
import { checkDatabase, forgetSession } from "../store/sqlite/copy.ts";
import { lockDirectory } from "../store/sqlite/open-database.ts";
import { copyPrivately, DATABASE, digestOf, hasState, MANIFEST, type Manifest } from "./backup.ts";

export interface RestoreInput {
  readonly folder: string;
  readonly stateDir: string;
  /** Whether a state that is there is moved aside. */
  readonly mayReplace: boolean;
  /** Names the folder for it. */
  readonly now: number;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the state of before is; undefined where there was none. */
  readonly movedTo: string | undefined;
}

/** Puts a backup into the place of a state directory, once all of it is checked. Throws a StoreError, also while a bridge runs; then nothing is changed. */
export function restoreBackup({ folder, stateDir, mayReplace, now }: RestoreInput): Restored {
  const manifest = verified(folder);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(stateDir);
  try {
    if (hasState(stateDir) && !mayReplace)
      throw new StoreError(`${stateDir} holds a state already`, {
        code: "state_exists",
        remedy: "Give --force to move it aside, or name a configuration with another state_dir.",
      });
    const incoming = join(stateDir, `restoring-${now}`);
    try {
      for (const path of Object.keys(manifest.files)) copyPrivately(join(folder, path), join(incoming, path));
      forgetSession(join(incoming, DATABASE));
      checkDatabase(join(incoming, DATABASE));
    } catch (error) {
      rmSync(incoming, { recursive: true, force: true });
      throw error;
    }
    const movedTo = movedAside(stateDir, incoming, now);
    for (const entry of readdirSync(incoming)) renameSync(join(incoming, entry), join(stateDir, entry));
    rmSync(incoming, { recursive: true });
    return { manifest, movedTo };
  } finally {
    lock.close();
  }
}

/** Everything but the lock that is held. */
function movedAside(stateDir: string, incoming: string, now: number): string | undefined {
  const entries = readdirSync(stateDir).filter(
    (entry) => !/^(lock\.|replaced-)/.test(entry) && join(stateDir, entry) !== incoming,
  );
  if (entries.length === 0) return undefined;
  const aside = join(stateDir, `replaced-${now}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const entry of entries) renameSync(join(stateDir, entry), join(aside, entry));
  return aside;
}

const manifestSchema = z.object({
  version: z.literal(1),
  made_at: z.string(),
  made_by: z.string(),
  files: z.record(z.string(), z.string()),
});

/** The manifest of a whole backup. Throws a StoreError for one that lacks a file, or has another than was written. */
function verified(folder: string): Manifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) throw spoilt(folder, `it has no ${MANIFEST}`);
  const parsed = manifestSchema.safeParse(jsonOf(readFileSync(file, "utf8")));
  if (!parsed.success) throw spoilt(folder, `${MANIFEST} cannot be read`);
  if (!(DATABASE in parsed.data.files)) throw spoilt(folder, "it has no database");
  for (const [path, digest] of Object.entries(parsed.data.files)) {
    if (isAbsolute(path) || normalize(path).startsWith("..")) throw spoilt(folder, "it names a file outside of it");
    if (!existsSync(join(folder, path))) throw spoilt(folder, `${path} is missing`);
    if (digestOf(join(folder, path)) !== digest) throw spoilt(folder, `${path} is not what was written`);
  }
  checkDatabase(join(folder, DATABASE));
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const spoilt = (folder: string, words: string) =>
  new StoreError(`The backup ${folder} cannot be restored: ${words}`, {
    code: "backup_spoilt",
    remedy: "Name the folder that weighbridge backup made, or another backup. Nothing was changed.",
  });
