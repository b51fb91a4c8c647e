import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const text = read("../README.md");

test("the README's example is the one that runs here as a test", () => {
  expect(/```ts\n([\s\S]*?)```/.exec(text)?.[1]).toBe(read("example.test.ts"));
});

test("the README's figures are the simulator's", () => {
  const waits = LIMITS.retryAfterS.map((s) => (s < 60 ? `${s} s` : s < 3_600 ? `${s / 60} min` : `${s / 3_600} h`));
  for (const figure of [
    waits.join(", "),
    `${LIMITS.callbackUrlCharacters} characters`,
    `${LIMITS.subscriptionsPerPerson} subscribers`,
    `${LIMITS.commentCharacters} characters`,
    `${LIMITS.onceLastsS / 60} minutes`,
  ])
    expect(text).toContain(figure);
  expect(LIMITS.subscriptionLastsS).toBe(21 * 86_400);
});
