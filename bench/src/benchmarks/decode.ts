import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Benchmark, result } from "../benchmark.ts";

const PROCESSES = 5;
const role = fileURLToPath(new URL("../roles/decode.ts", import.meta.url));

/** A getmeas answer of 30 MB: from its text to checked, exact groups, against JSON.parse alone. */
export const decode: Benchmark = {
  names: ["decode-100k"],
  async run(log) {
    const floor: number[] = [];
    const subject: number[] = [];
    for (let i = 1; i <= PROCESSES; i++) {
      log(`decode: process ${i} of ${PROCESSES}`);
      const args = ["--conditions=@weighbridge/source", role];
      const times = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
      floor.push(...times.floor);
      subject.push(...times.subject);
    }
    return [result("decode-100k", "ms", floor, subject)];
  },
};
