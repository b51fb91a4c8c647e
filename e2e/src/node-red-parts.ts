import { join } from "node:path";
import { npmFolder } from "@weighbridge/playground";

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
