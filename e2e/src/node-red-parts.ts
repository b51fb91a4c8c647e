import { join } from "node:path";
import { type NodeRedRelease, npmFolder, releasedNodeRed } from "@weighbridge/playground";

/** A pair that users have: a release of Node-RED and the Node that runs it. */
export interface Pair {
  readonly nodeRed: NodeRedRelease;
  readonly node: "22" | "24" | "26";
}

export const PAIRS: readonly Pair[] = (["4.1", "5"] as const).flatMap((nodeRed) =>
  (["22", "24", "26"] as const).map((node) => ({ nodeRed, node })),
);

const DASHBOARD = "@flowfuse/node-red-dashboard";

export const redJsOf = ({ nodeRed }: Pair): Promise<string> => releasedNodeRed(nodeRed);

export async function nodeOf({ node }: Pair): Promise<string> {
  if (process.versions.node.startsWith(`${node}.`)) return process.execPath;
  return join(await npmFolder(`node-${node}`, [`node@${node}`]), "node_modules/node/bin/node");
}

/** The dashboard that the chart's example asks for. */
export const dashboardFolder = async (): Promise<string> =>
  join(await npmFolder("dashboard", [`${DASHBOARD}@^1.31.0`]), "node_modules", DASHBOARD);
