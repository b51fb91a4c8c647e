import { execFile } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildNodes, npmFolder } from "@weighbridge/playground";

/** A pair that users have: a release of Node-RED and the Node that runs it. */
export interface Pair {
  readonly nodeRed: "4.1" | "5";
  readonly node: "22" | "24" | "26";
}

export const PAIRS: readonly Pair[] = (["4.1", "5"] as const).flatMap((nodeRed) =>
  (["22", "24", "26"] as const).map((node) => ({ nodeRed, node })),
);

const RELEASES = { "4.1": "node-red@~4.1.15", "5": "node-red@5.0.7" } as const;
const DASHBOARD = "@flowfuse/node-red-dashboard";

export async function redJsOf({ nodeRed }: Pair): Promise<string> {
  return join(await npmFolder(`node-red-${nodeRed}`, [RELEASES[nodeRed]]), "node_modules/node-red/red.js");
}

export async function nodeOf({ node }: Pair): Promise<string> {
  if (process.versions.node.startsWith(`${node}.`)) return process.execPath;
  return join(await npmFolder(`node-${node}`, [`node@${node}`]), "node_modules/node/bin/node");
}

/** The dashboard that the chart's example asks for. */
export const dashboardFolder = async (): Promise<string> =>
  join(await npmFolder("dashboard", [`${DASHBOARD}@^1.31.0`]), "node_modules", DASHBOARD);

/** What would be published, installed by npm as a user's Node-RED does it: gives the package's folder. */
export async function paletteFolder(): Promise<string> {
  buildNodes();
  const out = await mkdtemp(join(tmpdir(), "weighbridge-packed-"));
  for (const name of ["core", "node-red-nodes"]) {
    const cwd = fileURLToPath(new URL(`../../packages/${name}`, import.meta.url));
    await promisify(execFile)("npx", ["--yes", "pnpm@12", "pack", "--pack-destination", out], { cwd });
  }
  const tarballs = (await readdir(out)).map((file) => join(out, file));
  return join(await npmFolder("palette", tarballs, { isFresh: true }), "node_modules/@weighbridge/node-red-nodes");
}
