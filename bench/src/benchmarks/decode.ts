import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Benchmark, result } from "../benchmark.ts";

const PROCESSES = 5;
const role = fileURLToPath(new URL("../roles/decode.ts", import.meta.url));

/** A getmeas answer of 30 MB: from its text to checked, exact groups, against JSON.parse alone. */
const decodeOf = (name: "decode-100k" | "decode-public-100k", generation: "wbs" | "public"): Benchmark => ({
  names: [name],
  async run(log) {
    const floor: number[] = [];
    const subject: number[] = [];
    for (let i = 1; i <= PROCESSES; i++) {
      log(`${name}: process ${i} of ${PROCESSES}`);
      const args = ["--conditions=@weighbridge/source", role, generation];
      const times = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
      floor.push(...times.floor);
      subject.push(...times.subject);
    }
    return [result(name, "ms", floor, subject)];
  },
});

export const decode = decodeOf("decode-100k", "wbs");
export const decodePublic = decodeOf("decode-public-100k", "public");
