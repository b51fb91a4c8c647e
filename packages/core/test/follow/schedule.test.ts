import { expect, test } from "vitest";
import type { SubscriptionReport } from "../../src/domain/subscription.ts";
import { dueTimes } from "../../src/follow/schedule.ts";

const T = 1_700_000_000;
const DAY = 86_400;
const intervals = { pollWithSubscriptionS: 21_600, pollWithoutSubscriptionS: 900, rereadS: DAY, profileS: DAY };
const active: SubscriptionReport = {
  status: "active",
  callbackUrl: "http://home.example.org/",
  checkedAt: T,
  nextCheckAt: T + DAY,
  expiresAt: T + 10 * DAY,
};
const common = { intervals, startedAt: T, addedAt: T - 10 * DAY, subscriptions: [] };

test("at a start poll and profile are due at once", () => {
  const done = { poll: null, reread: T - 100, profile: null };
  expect(dueTimes({ ...common, done })).toEqual({ poll: T, profile: T, reread: T - 100 + DAY });
});

test("the re-read keeps its pace across starts, and begins a day after the person was added", () => {
  const done = { poll: T, reread: null, profile: T };
  expect(dueTimes({ ...common, done, addedAt: T - DAY / 2 }).reread).toBe(T + DAY / 2);
});

test.each([
  ["a healthy subscription", [active], 21_600],
  ["none", [], 900],
  ["one that failed", [{ ...active, status: "failed" as const }], 900],
  ["one that ran out", [{ ...active, expiresAt: T - 1 }], 900],
] as const)("with %s the next poll comes after its interval", (_, subscriptions, afterS) => {
  const done = { poll: T, reread: T, profile: T };
  expect(dueTimes({ ...common, done, subscriptions }).poll).toBe(T + afterS);
});
