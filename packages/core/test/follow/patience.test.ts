import { expect, test } from "vitest";
import { UnreachableError } from "../../src/errors.ts";
import { DAY, follow, START } from "./world.ts";

test("PUB-LIMIT-4: a failure that asks for patience is tried again when it said, not sooner", async () => {
  const ada = await follow();
  const patience = { code: "network", remedy: "Wait.", retryAfterMs: 188_000 } as const;
  ada.api.fail = ({ what }) => (what === "poll" ? new UnreachableError("later", patience) : undefined);
  await ada.pass(901, 30);
  const failed = ada.api.of("poll").length;
  await ada.pass(180, 10);
  expect(ada.api.of("poll")).toHaveLength(failed);
  await ada.pass(20, 10);
  expect(ada.api.of("poll")).toHaveLength(failed + 1);
});

test("PUB-NOTIFY-8: polls stay frequent while a kind of data is not announced", async () => {
  const callback = { url: "https://home.example.org/w/1", comment: "Weighbridge" };
  const report = { status: "active", callbackUrl: callback.url, checkedAt: START, nextCheckAt: START + DAY } as const;
  const memory = { rereadAt: START, profileAt: START, callbackAt: START };
  const polls = async (lacking?: readonly string[]) => {
    const subscription = { ...report, ...(lacking && { lacking }) };
    const ada = await follow({ callback, record: { subscription, memory } });
    await ada.pass(3_600, 60);
    return ada.api.of("poll").length;
  };
  expect(await polls()).toBe(1);
  expect(await polls(["blood_pressure"])).toBe(5);
});
