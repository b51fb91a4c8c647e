import { expect, onTestFinished, test } from "vitest";
import { tellOnce } from "../../src/commands/demo/demo.ts";
import { setStage } from "../../src/commands/demo/stage.ts";
import { keptLog } from "../support/silent-log.ts";

test("without a callback one weigh-in fails, even where a poll could find it", async () => {
  const stage = await setStage(keptLog(), { onAnyPort: true, awaited: ["Ada"] });
  onTestFinished(() => stage.stop());
  stage.simulator.fail("lose-callbacks");
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const terminal = { print, now: Date.now, asked: new Promise<void>(() => {}) };
  expect(await tellOnce(stage, { json: true }, terminal, 500)).toBe(1);
  expect(JSON.parse(lines.join(""))).toMatchObject({
    ok: false,
    reason: "within 0.5 s no callback reached the bridge",
  });
});
