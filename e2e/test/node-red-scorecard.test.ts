import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { npmFolder, paletteFolder } from "@weighbridge/playground";
import { expect, onTestFinished, test } from "vitest";

const OFFLINE = fileURLToPath(new URL("../src/offline-registry.cjs", import.meta.url));
/** Checks of the scorecard that need no network. */
const JUDGED = ["P01", "P03", "P04", "P05", "P06", "P07", "N02", "D01"] as const;

test("the flow library's scorecard has nothing against the packed nodes", { timeout: 300_000 }, async () => {
  const tool = join(await npmFolder("node-red-dev", ["node-red-dev@0.1.6"]), "node_modules/node-red-dev/bin/run");
  const cwd = await paletteFolder("palette-for-scorecard");
  const folder = await mkdtemp(join(tmpdir(), "weighbridge-scorecard-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const card = join(folder, "scorecard.json");
  await promisify(execFile)(process.execPath, ["--require", OFFLINE, tool, "validate", "-o", card], { cwd });
  const checks = JSON.parse(await readFile(card, "utf8")) as Record<string, { readonly test?: boolean }>;
  expect(JUDGED.filter((name) => checks[name]?.test !== true)).toEqual([]);
});
