import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Benchmark, result } from "../benchmark.ts";

const FEW = 100;
const MANY = 50_000;
const role = fileURLToPath(new URL("../roles/node-red-weigh-in.ts", import.meta.url));

/** How long a weigh-in holds up the event loop of Node-RED: an account with few stored groups, and one with many. */
export const nodeRedWeighIn: Benchmark = {
  names: ["node-red-weigh-in-ms"],
  async run(log) {
    log(`node-red-weigh-in: ${MANY} groups`);
    const dir = await mkdtemp(join(tmpdir(), "weighbridge-bench-"));
    try {
      const args = ["--conditions=@weighbridge/source", role, dir, String(FEW), String(MANY)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { floor, subject } = JSON.parse(stdout) as { floor: number[]; subject: number[] };
      return [result("node-red-weigh-in-ms", "ms", floor, subject)];
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};
