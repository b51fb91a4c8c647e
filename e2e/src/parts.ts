import { spawnSync } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe } from "vitest";

/** Whether a program of the system is there. */
export const isInstalled = (program: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;

/** A suite that needs a part: without it, it is skipped by name on a developer's machine, and fails where nothing may be missing. */
export function describeWith(part: string, isThere: boolean, suite: () => void): void {
  if (!isThere && process.env["CI"]) throw new Error(`${part} is not installed: run e2e/install/install.sh`);
  describe.skipIf(!isThere)(`with ${part}`, suite);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
