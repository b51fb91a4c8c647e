import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { npmFolder } from "./npm-folder.ts";

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

/** Packs what would be published, installed by npm as a user's Node-RED does it, under a name of its own: gives the package's folder. */
export async function paletteFolder(name: string): Promise<string> {
  buildNodes();
  const out = await mkdtemp(join(tmpdir(), "weighbridge-packed-"));
  try {
    const pack = ["--yes", "pnpm@12", "pack", "--pack-destination", out];
    await promisify(execFile)("npx", pack, { cwd: NODES_FOLDER });
    const tarballs = (await readdir(out)).map((file) => join(out, file));
    return join(await npmFolder(name, tarballs, { isFresh: true }), "node_modules/@weighbridge/node-red-nodes");
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
