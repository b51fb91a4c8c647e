import { expect, test } from "vitest";
import type { Subscription, SubscriptionReport } from "../../src/domain/subscription.ts";
import { RejectedError, UnreachableError } from "../../src/errors.ts";
import { keepSubscription, planSubscription } from "../../src/follow/subscription.ts";
import type { PersonApi } from "../../src/ports/person-api.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";

const DAY = 86_400;
const NOW = 1_700_000_000;
const URL = "http://home.example.org/w/1";

/** The subscriptions of one person; making one gives it three weeks. */
class Subscriptions {
  readonly byUrl = new Map<string, Subscription>();
  readonly calls: string[] = [];
  refusal: Error | undefined;

  async subscription(callbackUrl: string) {
    this.calls.push("get");
    return this.byUrl.get(callbackUrl);
  }
  async subscribe(callbackUrl: string, comment: string) {
    this.calls.push("subscribe");
    if (this.refusal) throw this.refusal;
    const made = { callbackUrl, comment, expiresAt: NOW + 21 * DAY };
    this.byUrl.set(callbackUrl, made);
    return made;
  }
  async revoke(callbackUrl: string) {
    this.calls.push("revoke");
    return this.byUrl.delete(callbackUrl);
  }
}

const keep = (api: Subscriptions, known: Partial<SubscriptionReport> | null = null) =>
  keepSubscription({
    api: api as unknown as PersonApi,
    callback: { url: URL, comment: "Weighbridge" },
    clock: new ManualClock(NOW * 1000),
    known: known && { status: "active", callbackUrl: URL, checkedAt: 0, nextCheckAt: 0, ...known },
  });

test.each([
  [undefined, "make"],
  [NOW - 1, "make"],
  [NOW + 6 * DAY, "renew"],
  [NOW + 8 * DAY, "keep"],
] as const)("WBS-NOTIFY-5: a subscription that expires at %s is planned as %s", (expiresAt, step) => {
  const actual = expiresAt === undefined ? undefined : { callbackUrl: URL, expiresAt };
  expect(planSubscription(actual, NOW)).toBe(step);
});

test("a subscription that the API knows no expiry of is kept", () => {
  expect(planSubscription({ callbackUrl: URL }, NOW)).toBe("keep");
});

test("WBS-NOTIFY-6: a lost subscription is made again, and its expiry is known", async () => {
  const api = new Subscriptions();
  expect(await keep(api)).toMatchObject({ status: "made", expiresAt: NOW + 21 * DAY, nextCheckAt: NOW + DAY });
  expect(await keep(api)).toMatchObject({ status: "active" });
  expect(api.calls).toEqual(["get", "subscribe", "get"]);
});

test("foreign subscriptions are never touched; only the one of an earlier URL of ours ends", async () => {
  const api = new Subscriptions();
  api.byUrl.set("http://other.example.org/", { callbackUrl: "http://other.example.org/" });
  api.byUrl.set("http://old.example.org/w/1", { callbackUrl: "http://old.example.org/w/1" });
  await keep(api, { callbackUrl: "http://old.example.org/w/1" });
  expect([...api.byUrl.keys()]).toEqual(["http://other.example.org/", URL]);
});

test("WBS-NOTIFY-8: a person who does not share gives a report that says what to do", async () => {
  const api = new Subscriptions();
  api.refusal = new RejectedError({
    code: "not_shared",
    status: 250,
    meaning: "not shared",
    remedy: "Turn sharing on.",
    service: "notify",
    action: "subscribe",
  });
  expect(await keep(api)).toMatchObject({
    status: "failed",
    nextCheckAt: NOW + 15 * 60,
    problem: { code: "not_shared", remedy: "Turn sharing on." },
  });
});

test("an API that was away for a moment is asked again soon", async () => {
  const api = new Subscriptions();
  api.refusal = new UnreachableError("away", { code: "network", remedy: "Try again later." });
  expect(await keep(api)).toMatchObject({ status: "failed", nextCheckAt: NOW + 30, problem: { code: "network" } });
});

test.each([
  [0, 30],
  [1, 60],
  [3, 240],
  [5, 900],
  [5_000, 900],
])("after %i failures in a row the next try comes after %i s", async (failures, afterS) => {
  const api = new Subscriptions();
  api.refusal = new UnreachableError("away", { code: "network", remedy: "Try again later." });
  expect(await keep(api, { failures })).toMatchObject({ nextCheckAt: NOW + afterS, failures: failures + 1 });
});

test("a success forgets the failures", async () => {
  expect(await keep(new Subscriptions(), { failures: 4 })).not.toHaveProperty("failures");
});

test("PUB-NOTIFY-8: the report names the kinds of data that were refused, while others are announced", async () => {
  const api = new Subscriptions();
  const made = { callbackUrl: URL, lacking: ["blood_pressure"] };
  api.subscribe = async () => ({ ...made, comment: "", expiresAt: NOW + 21 * DAY });
  expect(await keep(api)).toMatchObject({ status: "made", lacking: ["blood_pressure"] });
});

test("a failure that asks for patience is not tried again sooner", async () => {
  const api = new Subscriptions();
  api.refusal = new UnreachableError("limit", { code: "network", remedy: "Wait.", retryAfterMs: 600_500 });
  expect(await keep(api)).toMatchObject({ nextCheckAt: NOW + 601 });
});
