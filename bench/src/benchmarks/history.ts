import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Benchmark, result } from "../benchmark.ts";

const FEW = 1_000;
const MANY = 1_000_000;
const role = fileURLToPath(new URL("../roles/history.ts", import.meta.url));

/** One sync of a person, from the hint to the commit: what a long history costs. */
export const history: Benchmark = {
  names: ["history"],
  async run(log) {
    log(`history: storing ${MANY} groups`);
    const dir = mkdtempSync(join(tmpdir(), "weighbridge-history-"));
    try {
      const args = ["--conditions=@weighbridge/source", role, dir, String(FEW), String(MANY)];
      const { floor, subject } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
      return [result("history", "ms", floor, subject)];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
