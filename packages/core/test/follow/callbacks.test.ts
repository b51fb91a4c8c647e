import { expect, test } from "vitest";
import type { SubscriptionReport } from "../../src/domain/subscription.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";
import { away, DAY, follow, quiet, refusal, START, ToldApi } from "./world.ts";

const callback = { url: "http://home.example.org/w", comment: "Weighbridge" };
const active: SubscriptionReport = {
  status: "active",
  callbackUrl: callback.url,
  checkedAt: START - DAY / 2,
  nextCheckAt: START + DAY / 2,
};
const remembered = { rereadAt: START, profileAt: START };
/** Subscribed long ago, with a callback an hour ago. */
const working = {
  subscription: active,
  memory: { ...remembered, callbackAt: START - 3_600, subscribedAt: START - 9 * DAY },
};

/** The API has the subscription. */
async function subscribed(record: { subscription: SubscriptionReport | null; memory: object } = working) {
  const ada = await follow({ callback, record });
  await ada.api.subscribe(callback.url, callback.comment);
  ada.api.calls.length = 0;
  return ada;
}

test("a person without a subscription gets one, is polled after it, and hears of it", async () => {
  const ada = await follow({ callback });
  expect(ada.reports).toMatchObject([{ status: "made", callbackUrl: callback.url }]);
  expect(ada.store.record.subscription).toMatchObject({ status: "made" });
  expect(ada.store.record.memory.subscribedAt).toBe(START);
  await ada.pass(12);
  expect(ada.api.of("poll")).toHaveLength(2);
});

test("a restart does not check a subscription that was checked today", async () => {
  const ada = await subscribed();
  await ada.pass(60, 10);
  expect(ada.api.of("subscription")).toEqual([]);
  await ada.pass(DAY / 2, 600);
  expect(ada.api.of("subscription")).toHaveLength(1);
});

test("another URL takes the place of the one before, whose subscription is ended", async () => {
  const ada = await subscribed();
  ada.follower.setCallback({ url: "http://moved.example.org/w", comment: "" });
  await ada.wake();
  expect(ada.reports).toMatchObject([{ status: "made", callbackUrl: "http://moved.example.org/w" }]);
  expect(ada.api.of("revoke")).toHaveLength(1);
  expect(ada.store.record.memory.callbackAt).toBeUndefined();
});

test("where callbacks come, polls are rare; a subscription that none came for proves nothing", async () => {
  const ada = await subscribed();
  await ada.pass(5 * 3_600, 300);
  expect(ada.api.of("poll")).toEqual([]);
  const zoe = await subscribed({ subscription: active, memory: remembered });
  await zoe.pass(3_600, 300);
  expect(zoe.api.of("poll")).toHaveLength(4);
  await zoe.hint(START + 3_600);
  const polls = zoe.api.of("poll").length;
  await zoe.pass(5 * 3_600, 300);
  expect(zoe.api.of("poll").length).toBeLessThanOrEqual(polls + 1);
});

test("a weigh-in that no callback announced: the subscription is checked at once, polls come often, until a callback comes", async () => {
  const ada = await subscribed();
  await ada.pass(6 * 3_600 - 600, 300);
  ada.weighIn(1, START + 6 * 3_600 - 700);
  await ada.pass(900, 300);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  expect(ada.api.of("subscription")).toHaveLength(1);
  await ada.pass(1_800, 300);
  expect(ada.problems).toMatchObject([{ code: "callbacks_missing" }]);
  expect(ada.api.of("poll").length).toBeGreaterThanOrEqual(3);
  await ada.hint(START + 6 * 3_600);
  expect(ada.problems.at(-1)).toBeNull();
  const polls = ada.api.of("poll").length;
  await ada.pass(5 * 3_600, 300);
  expect(ada.api.of("poll")).toHaveLength(polls);
});

test("a weigh-in from before the start, or announced just before the poll, is no sign of missing callbacks", async () => {
  const ada = await follow({ callback, record: working });
  ada.weighIn(1, START - 600);
  ada.follower.requestPoll();
  await ada.wake();
  expect(ada.kinds()).toHaveLength(1);
  await ada.pass(60, 10);
  await ada.hint(START + 55);
  ada.weighIn(2, START + 55);
  ada.follower.requestPoll();
  await ada.wake();
  await ada.pass(1_800, 300);
  expect(ada.problems).toEqual([]);
});

test("a subscription that fails is tried again less and less often, is no account problem, and makes polls frequent", async () => {
  const ada = await subscribed();
  ada.api.fail = ({ what }) => (what === "subscription" ? away() : undefined);
  ada.follower.checkSubscription();
  await ada.wake();
  await ada.pass(3_600, 15);
  const failed = ada.reports.filter(({ status }) => status === "failed").length;
  expect(failed).toBeGreaterThan(4);
  expect(failed).toBeLessThan(12);
  expect(ada.problems).toEqual([]);
  expect(ada.api.of("poll").length).toBeGreaterThanOrEqual(3);
});

test("an unexpected error does not end the looking after the subscription", async () => {
  const ada = await subscribed();
  ada.api.fail = ({ what }) => (what === "subscription" ? new TypeError("odd") : undefined);
  ada.follower.checkSubscription();
  await ada.wake();
  expect(ada.failures).toMatchObject([{ chore: "subscription" }]);
  ada.api.fail = () => undefined;
  await ada.pass(60, 5);
  expect(ada.reports.at(-1)).toMatchObject({ status: "active" });
  expect(ada.recovered).toEqual(["subscription"]);
});

test("a hint does not wait for a subscribe that waits for its turn", async () => {
  const ada = await follow({ callback, record: { subscription: null, memory: remembered } });
  ada.api.hold = ({ what }) => (what === "subscription" ? new Promise(() => {}) : undefined);
  ada.follower.checkSubscription();
  await ada.wake();
  ada.weighIn(1, START);
  await ada.hint(START);
  expect(ada.kinds()).toEqual(["weigh_in"]);
});

test("a person who does not share is told what to do by the report", async () => {
  const ada = await subscribed();
  ada.api.fail = ({ what }) => (what === "subscription" ? refusal(250) : undefined);
  ada.follower.checkSubscription();
  await ada.wake();
  expect(ada.reports).toMatchObject([
    { status: "failed", problem: { code: "not_shared", remedy: "Turn sharing on." } },
  ]);
});

test("a subscribe that waits for its pace holds up no hint, no second try of one, and no poll", async () => {
  const gate = Promise.withResolvers<void>();
  const clock = new ManualClock(START * 1000);
  const api = new ToldApi(clock);
  api.hold = ({ what }) => (what === "subscribe" ? gate.promise : undefined);
  const ada = await follow({ callback, clock, api });
  ada.weighIn(1, START);
  ada.api.fail = ({ what }) => (what === "window" || what === "poll" ? away() : undefined);
  await ada.hint(START);
  ada.api.fail = () => undefined;
  await ada.pass(60, 5);
  expect(ada.kinds()).toEqual(["weigh_in"]);
  const polls = ada.api.of("poll").length;
  await ada.pass(900, 30);
  expect(ada.api.of("poll").length).toBeGreaterThan(polls);
  // Asked for meanwhile: one more look, once this one is over.
  ada.follower.checkSubscription();
  await ada.wake();
  await ada.pass(5);
  const looks = ada.api.of("subscription").length;
  gate.resolve();
  await quiet();
  expect(ada.api.of("subscription").length).toBeGreaterThan(looks);
  expect(ada.reports.at(-1)?.status).toBe("active");
});
