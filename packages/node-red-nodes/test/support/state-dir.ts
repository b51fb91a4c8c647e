import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory that is gone after the test. */
export async function stateDir(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "weighbridge-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
