import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty directory, until the test is over. */
export function stateDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "weighbridge-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
