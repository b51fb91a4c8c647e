import type { SubscriptionReport } from "@weighbridge/core";
import { expect, test } from "vitest";
import { dueTimes } from "../../src/sync/schedule.ts";

const T = 1_700_000_000;
const INTERVALS = { pollWithSubscriptionS: 21_600, pollWithoutSubscriptionS: 900, rereadS: 86_400, profileS: 86_400 };
const active: SubscriptionReport = {
  status: "active",
  callbackUrl: "http://home.example.org/",
  checkedAt: T,
  nextCheckAt: T + 86_400,
  expiresAt: T + 10 * 86_400,
};

test("at the start poll and profile are due at once, the re-read a day later", () => {
  const done = { poll: null, reread: null, profile: null };
  expect(dueTimes(done, null, INTERVALS, T)).toEqual({ poll: T, profile: T, reread: T + 86_400 });
});

test.each([
  ["a healthy subscription", active, 21_600],
  ["none", null, 900],
  ["one that failed", { ...active, status: "failed" as const }, 900],
  ["one that ran out", { ...active, expiresAt: T - 1 }, 900],
] as const)("with %s the next poll comes after its interval", (_, subscription, afterS) => {
  expect(dueTimes({ poll: T, reread: T, profile: T }, subscription, INTERVALS, T).poll).toBe(T + afterS);
});
