import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type NodeRed, paletteFolder, releasedNodeRed, type SavedFlow, startNodeRed } from "@weighbridge/playground";
import { freePort } from "@weighbridge/testing/parts";
import { type Benchmark, result } from "../benchmark.ts";
import { residentMb } from "../parts.ts";

const ROUNDS = 9;
/** After its start Node-RED goes on for a moment: memory is read when it is quiet. */
const SETTLE_MS = 2_000;

const TAB = { id: "tab", type: "tab", label: "bench", env: [] };
const ACCOUNT = {
  id: "account",
  type: "withings-account",
  version: 1,
  name: "",
  generation: "wbs",
  baseurl: "http://127.0.0.1:9/",
  ambiguous: "hold",
  ambiguousType: "choice",
  pollminutes: "15",
  callsperminute: "1000",
  credentials: { userid: "1", publickey: "key" },
};
const onTab = (type: string) => ({ id: type, type, z: "tab", version: 1, account: "account", wires: [] });
/** A client is made, so nothing that it needs can be loaded only after the measurement; but none of these calls the API by itself. */
const NODES = [ACCOUNT, ...["withings-getmeas", "withings-user", "withings-notify"].map(onTab)];

/** Cost of the nodes for a Node-RED: to the time until its flows run, and to its memory. */
export const nodeRed: Benchmark = {
  names: ["node-red-start-ms", "node-red-memory-mb"],
  async run(log) {
    await using stop = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), "weighbridge-bench-"));
    stop.defer(() => rm(dir, { recursive: true, force: true }));
    const packages = [await paletteFolder("bench-palette")];
    const redJs = await releasedNodeRed("5");
    const home = async (name: string, flow: SavedFlow, packages: readonly string[]) => {
      // The first start writes what later ones find; it does not count. Only a deploy stores the credentials.
      const nodeRed = await startNodeRed({ userDir: join(dir, name), port: await freePort(), packages, redJs });
      stop.defer(async () => void (await nodeRed.stop()));
      await nodeRed.deploy(flow);
      await nodeRed.stop();
      return { nodeRed, started: [] as number[], resident: [] as number[] };
    };
    const floor = await home("without", [TAB], []);
    const subject = await home("with", [TAB, ...NODES], packages);
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [kind, { nodeRed, started, resident }] of Object.entries({ floor, subject })) {
        const { ms, mb } = await measure(nodeRed);
        started.push(ms);
        resident.push(mb);
        log(`node-red: round ${round} of ${ROUNDS}, ${kind} runs after ${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB`);
      }
    }
    return [
      result("node-red-start-ms", "ms", floor.started, subject.started),
      result("node-red-memory-mb", "MB", floor.resident, subject.resident),
    ];
  },
};

async function measure(nodeRed: NodeRed): Promise<{ readonly ms: number; readonly mb: number }> {
  const from = performance.now();
  const printed = nodeRed.log.length;
  await nodeRed.start();
  const ms = performance.now() - from;
  await sleep(SETTLE_MS);
  const { process } = nodeRed;
  // Warnings of Node-RED itself, such as that no projects are used, come with and without the nodes; those of a node begin with its type.
  const complaint = nodeRed.log.slice(printed).match(/^.*(\[error\]|\[warn\] \[|missing types).*$/m)?.[0];
  if (complaint !== undefined || process === undefined)
    throw new Error(`Node-RED is not what is measured: ${complaint}`);
  const mb = residentMb(process);
  await nodeRed.stop();
  return { ms, mb };
}
