import { join } from "node:path";
import { npmFolder } from "./npm-folder.ts";

const RELEASES = { "4.1": "node-red@~4.1.15", "5": "node-red@5.0.7" } as const;

export type NodeRedRelease = keyof typeof RELEASES;

/** `red.js` of a Node-RED as npm installs it. Unlike the workspace's it finds no nodes of ours among pnpm's links, asked for or not. */
export async function releasedNodeRed(release: NodeRedRelease): Promise<string> {
  return join(await npmFolder(`node-red-${release}`, [RELEASES[release]]), "node_modules/node-red/red.js");
}
