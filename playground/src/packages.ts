import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The package with the nodes. */
export const NODES_FOLDER = fileURLToPath(new URL("../../packages/node-red-nodes", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Brings `dist` of the nodes up to date: Node-RED loads what is built, never the sources. */
export function buildNodes(): void {
  const turbo = fileURLToPath(new URL("../../node_modules/turbo/bin/turbo", import.meta.url));
  const args = [turbo, "run", "build", "--filter=@weighbridge/node-red-nodes", "--output-logs=errors-only"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`the nodes could not be built:\n${stdout}${stderr}`);
}
