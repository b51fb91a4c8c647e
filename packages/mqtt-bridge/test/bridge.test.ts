import { ManualClock } from "@weighbridge/core/testing";
import type { Received } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { EVENTS, home, settledFor } from "./support/home.ts";

test("a weigh-in arrives as one event, after the state that it tells of", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  at.ada.weighsIn({ weight: 68.45, fatRatio: 22.4 });
  await at.subscriber.until(() => at.events().length > 0);
  expect(at.events()).toMatchObject([
    { schema: 1, event_type: "weigh_in", person: "ada", weight: 68.45, fat_ratio: 22.4, bmi: 24.3, backdated: false },
  ]);
  const topics = at.subscriber.received.map(({ topic }) => topic);
  const event = topics.lastIndexOf(EVENTS);
  expect(topics.slice(0, event)).toContain("weighbridge/people/ada/measure/weight");
  expect(at.state()).toMatchObject({ weight: 68.45, height: 1.68 });
  const [packet] = at.subscriber.received.filter(({ topic }) => topic === EVENTS);
  expect(packet?.packet.retain).toBe(false);
});

test("an equal weight is another event", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const now = at.simulator.clock.seconds();
  at.ada.weighsIn({ weight: 70, at: now - 600 });
  at.ada.weighsIn({ weight: 70, at: now });
  await at.subscriber.until(() => at.events().length === 2);
  expect(new Set(at.events().map(({ event_id }) => event_id)).size).toBe(2);
});

test("WBS-NOTIFY-5: the bridge subscribes, with a comment, and the subscription is told", async () => {
  const at = await home();
  const bridge = await at.start();
  await settledFor(at);
  expect(at.ada.subscriptions.live).toMatchObject([{ callbackUrl: bridge.callbackUrl, comment: expect.any(String) }]);
  await at.subscriber.until(() =>
    at.subscriber.on("weighbridge/people/ada/subscription").some((text) => text.includes('"active"')),
  );
});

test("what happens while the broker is away arrives when it is back, in order", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  await at.broker.goAway();
  const now = at.simulator.clock.seconds();
  for (let n = 0; n < 5; n++) at.ada.weighsIn({ weight: 70 + n, at: now - 3_600 + n * 600 });
  await at.simulator.settled();
  await at.broker.comeBack();
  await at.subscriber.until(() => at.events().length >= 5);
  expect(at.events().map(({ weight }) => weight)).toEqual([70, 71, 72, 73, 74]);
});

test("it starts without a broker and without the API, and catches up by itself", async () => {
  const at = await home({ isBrokerUp: false });
  const fault = at.simulator.fail("drop").times(3);
  await at.start();
  at.ada.weighsIn({ weight: 70 });
  fault.end();
  await at.broker.comeBack();
  await at.subscriber.until(() => at.events().length === 1);
  expect(at.events()).toMatchObject([{ weight: 70 }]);
});

test("what happened while the bridge was off is news when it starts again", async () => {
  const at = await home();
  const first = await at.start();
  await settledFor(at);
  await first.stop();
  at.ada.weighsIn({ weight: 66 });
  await at.start();
  await at.subscriber.until(() => at.events().length === 1);
  expect(at.events()).toMatchObject([{ weight: 66 }]);
});

test("without a callback URL it polls, and says so nowhere as a failure", async () => {
  const at = await home();
  const bridge = await at.start({ callback: false });
  expect(bridge.callbackUrl).toBeUndefined();
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/state").length > 0);
  expect(at.log.lines.filter((line) => line.startsWith("warn"))).toEqual([]);
});

test("a clean stop says offline", async () => {
  const at = await home();
  const bridge = await at.start();
  await settledFor(at);
  await bridge.stop();
  await at.subscriber.until(() => at.subscriber.on("weighbridge/bridge/state").at(-1) === "offline");
  expect(at.subscriber.on("weighbridge/bridge/state")).toContain("online");
});

test("what is held stands on its topic, across a restart, until it is answered or deleted", async () => {
  const at = await home();
  const first = await at.start();
  await settledFor(at);
  const now = at.simulator.clock.seconds();
  const [older, newer] = [68, 69].map((weight, n) =>
    at.ada.weighsIn({ weight, attribution: 1, at: now - 600 + n * 300 }),
  );
  const held = () => JSON.parse(at.subscriber.on("weighbridge/people/ada/held").at(-1) ?? "{}");
  await at.subscriber.until(() => held().count === 2);
  expect(held()).toMatchObject({
    newest: { weigh_in: newer?.grpid, weight: 69 },
    weigh_ins: [{}, { weigh_in: older?.grpid }],
  });
  await first.stop();
  const before = at.subscriber.on("weighbridge/people/ada/held").length;
  await at.start();
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/held").length > before);
  expect(held()).toMatchObject({ count: 2, newest: { weigh_in: newer?.grpid } });
  at.ada.deletes(newer?.grpid as number);
  await at.subscriber.until(() => held().count === 1);
  const refusal = JSON.stringify({ person: "ada", weigh_in: older?.grpid });
  await at.subscriber.client.publishAsync("weighbridge/bridge/request/refuse", refusal, { qos: 1 });
  await at.subscriber.until(() => held().count === 0);
  expect(held()).toMatchObject({ newest: null, others: [] });
});

test("an ambiguous weigh-in is held until a request claims it", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const { grpid } = at.ada.weighsIn({ weight: 40, attribution: 1 });
  await at.subscriber.until(() => at.events().length === 1);
  expect(at.events()[0]).toMatchObject({ event_type: "weigh_in_ambiguous", weigh_in: grpid });
  expect(at.state()["weight"]).toBeNull();
  const request = JSON.stringify({ person: "ada", weigh_in: grpid, transaction: "t1" });
  await at.subscriber.client.publishAsync("weighbridge/bridge/request/claim", request, { qos: 1 });
  await at.subscriber.until(() => at.events().length === 2);
  await at.subscriber.until(() => at.subscriber.on("weighbridge/bridge/response/claim").length === 1);
  expect(at.events()[1]).toMatchObject({ event_type: "weigh_in", weight: 40 });
  expect(at.state()["weight"]).toBe(40);
  const [response] = at.subscriber.on("weighbridge/bridge/response/claim");
  expect(JSON.parse(response as string)).toMatchObject({ status: "ok", transaction: "t1" });
});

test("WBS-USER-3: a person who stops sharing is unavailable, and the reason is told", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const key = at.ada.publicKey;
  at.ada.stopsSharing();
  await at.subscriber.client.publishAsync("weighbridge/bridge/request/sync", "{}", { qos: 1 });
  const availability = () => at.subscriber.on("weighbridge/people/ada/availability").at(-1);
  await at.subscriber.until(() => availability() === "offline");
  const warning = () => at.subscriber.on("weighbridge/bridge/event").find((text) => text.includes("account_problem"));
  await at.subscriber.until(() => warning() !== undefined);
  expect(JSON.parse(warning() as string)).toMatchObject({ person: "ada", code: "not_shared" });
  expect(warning()).not.toContain(key);
});

test.each([
  ["device", "components"],
  ["components", "device"],
] as const)(
  "where discovery changes from %s to %s, each old topic is let go and cleared before the new form comes",
  async (before, after) => {
    const at = await home();
    const first = await at.start({ discovery: before });
    await settledFor(at);
    await first.stop();
    const isDevice = (topic: string) => topic.startsWith("homeassistant/device/");
    const isOld = (topic: string) => isDevice(topic) === (before === "device");
    const discovery = await at.broker.subscribe("homeassistant/#");
    // A new subscriber is sent the old form.
    const fresh = () => discovery.received.filter(({ packet, topic }) => !packet.retain && topic.endsWith("/config"));
    const news = () => fresh().filter(({ topic }) => !isOld(topic));
    await at.start({ discovery: after });
    await discovery.until(() => news().some(({ topic }) => /_[0-9a-f]{12}_[0-9a-f]{12}\//.test(topic)));
    const olds = new Set(discovery.received.filter(({ packet }) => packet.retain).map(({ topic }) => topic));
    expect(olds.size).toBeGreaterThanOrEqual(2);
    const [firstNew] = news();
    for (const topic of olds) {
      const said = fresh().filter((message) => message.topic === topic);
      expect(said.map(({ payload }) => payload)).toEqual(['{"migrate_discovery":true}', ""]);
      expect(fresh().indexOf(said[1] as Received)).toBeLessThan(fresh().indexOf(firstNew as Received));
    }
  },
);

test("of a person who is removed the log tells until when the API calls for them", async () => {
  const at = await home();
  const first = await at.start();
  await settledFor(at);
  await first.stop();
  const [subscription] = at.ada.subscriptions.live;
  await at.start({ isAdaWatched: false });
  const lines = at.log.lines.filter((line) => line.includes("A person was removed"));
  expect(lines).toEqual([expect.stringMatching(/"account":"wbs:\d+","ends":"20[^"]+Z"/)]);
  expect(lines[0]).not.toContain(new URL(subscription?.callbackUrl ?? "").pathname);
});

test("bridge/info has what waits and what was called, a person's status has the next poll, soon after it changed", async () => {
  const at = await home();
  const clock = new ManualClock(Date.now());
  const { callbackUrl = "" } = await at.start({ clock });
  await settledFor(at);
  const post = async (body: string, url = callbackUrl) => (await fetch(url, { method: "POST", body })).status;
  expect(await post("userid=1&startdate=1&enddate=2")).toBe(200);
  expect(await post("userid=ada&startdate=1&enddate=2")).toBe(400);
  expect(await post("", new URL("/guess", callbackUrl).href)).toBe(404);
  at.ada.weighsIn({ weight: 70 });
  await at.subscriber.until(() => at.events().length === 1);
  const newest = async (): Promise<unknown> => {
    await clock.advance(LIMITS.infoDelayMs);
    return JSON.parse(at.subscriber.on("weighbridge/bridge/info").at(-1) as string);
  };
  const isPollAhead = async () => {
    await clock.advance(LIMITS.infoDelayMs);
    const status = JSON.parse(at.subscriber.on("weighbridge/people/ada/status").at(-1) as string);
    return Date.parse(status.next_poll) > clock.now();
  };
  await expect.poll(newest, { timeout: 5_000 }).toMatchObject({
    people: 1,
    last_notification: expect.stringMatching(/^20.*Z$/),
    waiting: { hints: 0, owed: expect.any(Number), parked: 0 },
    callbacks: { taken: 1, unknown_users: 1, malformed: 1, refused: 1, failed: 0, dropped: 0 },
  });
  await expect.poll(isPollAhead, { timeout: 5_000 }).toBe(true);
  await clock.advance(6 * 3_600_000);
  await expect.poll(isPollAhead, { timeout: 5_000 }).toBe(true);
});

test("a person's status is published for a poll, and for no next poll that moved by seconds alone", async () => {
  const at = await home();
  // Halves of seconds make the date of the next poll waver.
  const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000 + 500);
  const { callbackUrl = "" } = await at.start({ clock });
  await settledFor(at);
  const infos = () => at.subscriber.on("weighbridge/bridge/info").length;
  for (let turn = 1; turn <= 12; turn++) {
    const before = infos();
    await fetch(callbackUrl, { method: "POST", body: `userid=${at.ada.userId}&startdate=${turn}&enddate=${turn + 1}` });
    await expect.poll(async () => [await clock.advance(1_300), infos() > before][1], { timeout: 5_000 }).toBe(true);
  }
  const polls = at.subscriber
    .on("weighbridge/people/ada/status")
    .map((text) => JSON.parse(text) as { last_poll: string | null; next_poll: string });
  const isNews = polls.map(({ last_poll, next_poll }, index) => {
    const before = polls[index - 1];
    if (before === undefined || before.last_poll !== last_poll) return true;
    return Math.abs(Date.parse(next_poll) - Date.parse(before.next_poll)) >= LIMITS.nextPollMovedS * 1000;
  });
  expect(isNews).toEqual(polls.map(() => true));
});

test("after Home Assistant's birth documents and discovery come again", async () => {
  const at = await home();
  const clock = new ManualClock(Date.now());
  await at.start({ clock });
  await settledFor(at);
  const discovery = await at.broker.subscribe("homeassistant/device/+/config");
  await discovery.until(() => discovery.received.length === 2);
  const states = () => at.subscriber.on("weighbridge/people/ada/state").length;
  const before = states();
  await at.subscriber.client.publishAsync("homeassistant/status", "online", { qos: 1 });
  await expect
    .poll(
      async () => {
        await clock.advance(LIMITS.birthDelayMs);
        return [states() > before, discovery.received.length >= 4];
      },
      { timeout: 5_000 },
    )
    .toEqual([true, true]);
  expect(new Set(discovery.received.map(({ topic }) => topic)).size).toBe(2);
  await at.subscriber.until(() => at.subscriber.on("weighbridge/bridge/state").length >= 2);
});

test("a warning that nobody can hear while the broker is away is not told when it is back", async () => {
  const at = await home();
  const bridge = await at.start();
  await settledFor(at);
  await at.broker.goAway();
  at.ada.stopsSharing();
  const now = at.simulator.clock.seconds();
  const body = new URLSearchParams({ userid: String(at.ada.userId), startdate: `${now}`, enddate: `${now + 1}` });
  expect((await fetch(bridge.callbackUrl as string, { method: "POST", body })).status).toBe(200);
  await expect
    .poll(() => at.log.lines.join(), { timeout: 5_000 })
    .toContain("Data of this person may be missing or late");
  await at.broker.comeBack();
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/availability").at(-1) === "offline");
  // Answered over the connection that the warning would have come over.
  const answers = () => at.subscriber.on("weighbridge/bridge/response/health").length;
  await expect
    .poll(
      async () => {
        await at.subscriber.client.publishAsync("weighbridge/bridge/request/health", "", { qos: 1 });
        return answers();
      },
      { timeout: 5_000 },
    )
    .toBeGreaterThan(0);
  expect(at.subscriber.on("weighbridge/bridge/event")).toEqual([]);
});

test("everything retained comes again after each connection", async () => {
  const at = await home();
  await at.start();
  await settledFor(at);
  const states = () => at.subscriber.on("weighbridge/people/ada/state").length;
  const before = states();
  await at.broker.goAway();
  await at.broker.comeBack();
  await at.subscriber.until(() => states() > before);
  await at.subscriber.until(
    () => at.subscriber.on("weighbridge/bridge/state").filter((text) => text === "online").length >= 2,
  );
});

test("both connections have client ids that every broker takes, or those that are configured", async () => {
  const at = await home();
  const ids: string[] = [];
  at.broker.aedes.on("clientReady", ({ id }) => ids.push(id));
  const bridge = await at.start();
  // Three connections: the first one for events only starts its session clean. A stop before the last would leave its id to the next bridge's list.
  await expect.poll(() => ids.length, { timeout: 5_000 }).toBe(3);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^weighbridge[0-9a-f]{10}(-c)?$/);
  for (const id of ids) expect(id.length).toBeLessThanOrEqual(23);
  await bridge.stop();
  ids.length = 0;
  await at.start({ clientId: "scale-7" });
  await expect.poll(() => new Set(ids), { timeout: 5_000 }).toEqual(new Set(["scale-7", "scale-7-c"]));
});

test("where another bridge leaves offline behind, online is published again, and the log says why", async () => {
  const at = await home();
  const clock = new ManualClock(Date.now());
  await at.start({ clock });
  await settledFor(at);
  const state = () => at.subscriber.on("weighbridge/bridge/state").at(-1);
  await at.subscriber.until(() => state() === "online");
  await at.subscriber.client.publishAsync("weighbridge/bridge/state", "offline", { qos: 1, retain: true });
  await at.subscriber.until(() => state() === "offline");
  await expect
    .poll(
      async () => {
        await clock.advance(LIMITS.birthDelayMs);
        return state();
      },
      { timeout: 5_000 },
    )
    .toBe("online");
  expect(at.log.lines.filter((line) => line.includes("Another bridge uses this base topic"))).toHaveLength(1);
});

test("of two bridges on one base topic the one that stays is online after the other has stopped", async () => {
  const first = await home();
  const second = await home();
  const clock = new ManualClock(Date.now());
  await first.start({ clock });
  await settledFor(first);
  const states = () => first.subscriber.on("weighbridge/bridge/state");
  await first.subscriber.until(() => states().length === 1);
  const other = await second.start({ brokerUrl: first.broker.url });
  await first.subscriber.until(() => states().length === 2);
  await other.stop();
  await first.subscriber.until(() => states().includes("offline"));
  await expect
    .poll(
      async () => {
        await clock.advance(LIMITS.birthDelayMs);
        return states().at(-1);
      },
      { timeout: 5_000 },
    )
    .toBe("online");
  expect(first.log.lines.filter((line) => line.includes("Another bridge uses this base topic"))).toHaveLength(1);
});

test("the will of a connection that broke is not taken for another bridge", async () => {
  const at = await home();
  const clock = new ManualClock(Date.now());
  await at.start({ clock });
  await settledFor(at);
  const states = () => at.subscriber.on("weighbridge/bridge/state");
  await at.subscriber.until(() => states().at(-1) === "online");
  at.broker.drop();
  await expect
    .poll(
      async () => {
        await clock.advance(LIMITS.birthDelayMs);
        return states();
      },
      { timeout: 5_000 },
    )
    .toEqual(["online", "offline", "online"]);
  await clock.advance(LIMITS.birthDelayMs);
  expect(at.log.lines.join("\n")).not.toContain("Another bridge");
});
