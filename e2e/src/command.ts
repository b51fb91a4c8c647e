import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/mqtt-bridge/src/cli.ts", import.meta.url));

/** A command of the bridge, as somebody runs it; resolves with its end. */
export async function weighbridge(args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", CLI, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}
