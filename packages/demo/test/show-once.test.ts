import type { Log } from "@weighbridge/mqtt-bridge";
import { expect, onTestFinished, test } from "vitest";
import { showOnce } from "../src/demo.ts";
import { setStage } from "../src/stage.ts";

const ignore = () => {};
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

test("without a callback one weigh-in fails, even where a poll could find it", async () => {
  const stage = await setStage(SILENT, { api: "wbs", onAnyPort: true, awaited: ["Ada"] });
  onTestFinished(() => stage.stop());
  stage.simulator.fail("lose-callbacks");
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const terminal = { print, now: Date.now, stopRequested: new Promise<void>(() => {}) };
  expect(await showOnce(stage, { json: true }, terminal, 500)).toBe(1);
  expect(JSON.parse(lines.join(""))).toMatchObject({
    ok: false,
    reason: "within 0.5 s no callback reached the bridge",
  });
});
