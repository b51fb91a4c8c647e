import { spawnSync } from "node:child_process";
import { describe } from "vitest";

/** Whether a program of the system is there. */
export const isInstalled = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;

/** A suite that needs a part: without it, it is skipped by name on a developer's machine, and fails where nothing may be missing. */
export function describeWith(part: string, isThere: boolean, suite: () => void): void {
  if (!isThere && process.env["CI"]) throw new Error(`${part} is not installed: run e2e/install/install.sh`);
  describe.skipIf(!isThere)(`with ${part}`, suite);
}
