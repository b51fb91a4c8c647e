import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import { LIMITS } from "../../src/limits.ts";
import { sendAnswer } from "../../src/messages/requests.ts";
import { type Home, home, settledFor } from "../support/home.ts";

const REQUEST = "weighbridge/bridge/request";
const RESPONSE = "weighbridge/bridge/response";

interface Answer {
  readonly schema: 1;
  readonly status: "ok" | "error";
  readonly data?: Record<string, unknown>;
  readonly error?: { readonly code: string; readonly message: string };
  readonly transaction?: string | number;
}

async function ask({ subscriber, ada }: Home, command: string, payload: object | string): Promise<Answer> {
  const topic = `${RESPONSE}/${command}`;
  const before = subscriber.on(topic).length;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  await subscriber.client.publishAsync(`${REQUEST}/${command}`, text, { qos: 1 });
  await subscriber.until(() => subscriber.on(topic).length > before);
  const answer = subscriber.on(topic).at(-1) as string;
  expect(answer).not.toContain(ada.publicKey);
  return JSON.parse(answer);
}

async function started(more: Parameters<Home["start"]>[0] = {}): Promise<Home> {
  const at = await home();
  await at.start(more);
  if (more.callback === false)
    await at.subscriber.until(() => at.subscriber.on("weighbridge/bridge/state").includes("online"));
  else await settledFor(at);
  return at;
}

test("sync looks at once, for one person or for everybody", async () => {
  const at = await started();
  for (const payload of [{ person: "ada" }, {}, ""]) {
    at.simulator.person("Ada").subscriptions.lose();
    const { grpid } = at.ada.weighsIn({ weight: 70 });
    expect(await ask(at, "sync", payload)).toEqual({ schema: 1, status: "ok", data: { people: ["ada"] } });
    await at.subscriber.until(() => at.events().some(({ weigh_in }) => weigh_in === grpid));
  }
});

test.each(["t-1", 7])("the transaction %j comes back, also with an error", async (transaction) => {
  const at = await started({ callback: false });
  expect(await ask(at, "sync", { person: "ada", transaction })).toMatchObject({ status: "ok", transaction });
  expect(await ask(at, "sync", { person: "nobody", transaction })).toMatchObject({ status: "error", transaction });
  expect(await ask(at, "sync", { persn: "ada", transaction })).toMatchObject({ status: "error", transaction });
});

test("claim makes an ambiguous weigh-in count, refuse makes it not", async () => {
  const at = await started();
  const now = at.simulator.clock.seconds();
  const claimed = at.ada.weighsIn({ weight: 40, attribution: 1, at: now - 600 });
  const refused = at.ada.weighsIn({ weight: 90, attribution: 1 });
  await at.subscriber.until(() => at.events().length === 2);
  const decide = (command: string, { grpid }: { grpid: number }) =>
    ask(at, command, { person: "ada", weigh_in: grpid });
  expect(await decide("claim", claimed)).toMatchObject({ data: { verdict: "claimed", weigh_in: claimed.grpid } });
  expect(await decide("refuse", refused)).toMatchObject({ data: { verdict: "refused" } });
  await at.subscriber.until(() => at.events().length === 3);
  expect(at.events().at(-1)).toMatchObject({ event_type: "weigh_in", weigh_in: claimed.grpid, weight: 40 });
  expect(at.state()["weight"]).toBe(40);
});

test("the second half of a double tap on a button does not answer the next held weigh-in", async () => {
  const at = await home();
  const clock = new ManualClock(Date.now());
  await at.start({ clock, callback: false });
  await at.subscriber.until(() => at.subscriber.on("weighbridge/bridge/state").includes("online"));
  const [older, newer] = [80, 81].map((weight) => at.ada.weighsIn({ weight, attribution: 1 }).grpid);
  await ask(at, "sync", { person: "ada" });
  await expect.poll(async () => [await clock.advance(100), at.events().length][1], { timeout: 5_000 }).toBe(2);
  const press = (weigh_in: number | undefined) => ask(at, "claim", { person: "ada", weigh_in, pressed: true });
  expect(await press(newer)).toMatchObject({ status: "ok" });
  expect(await press(newer)).toMatchObject({ status: "ok" });
  expect(await press(older)).toMatchObject({ error: { code: "pressed_twice" } });
  await clock.advance(LIMITS.secondPressMs);
  expect(await press(older)).toMatchObject({ status: "ok" });
});

test("a weigh-in of which the scale is sure can be neither claimed nor refused", async () => {
  const at = await started({ callback: false });
  const { grpid } = at.ada.weighsIn({ weight: 70 });
  await ask(at, "sync", { person: "ada" });
  await at.subscriber.until(() => at.events().length === 1);
  for (const command of ["claim", "refuse"])
    expect(await ask(at, command, { person: "ada", weigh_in: grpid })).toMatchObject({ error: { code: "not_held" } });
  expect(at.events()).toHaveLength(1);
});

test("a weigh-in that is not known cannot be claimed, and the answer says where its number stands", async () => {
  const at = await started({ callback: false });
  const { status, error } = await ask(at, "claim", { person: "ada", weigh_in: 1 });
  expect(status).toBe("error");
  expect(error).toEqual({
    code: "unknown_weigh_in",
    message: "ada has no weigh-in 1 here; it is the weigh_in of an event",
  });
});

test("subscription tells how it stands, and makes a lost one again", async () => {
  const at = await started();
  const { subscriptions } = at.simulator.person("Ada");
  subscriptions.lose();
  const { data } = await ask(at, "subscription", { person: "ada" });
  expect(data).toMatchObject({ people: [{ person: "ada", status: "active", expires_at: expect.any(String) }] });
  // The path of the URL is a secret.
  expect(JSON.stringify(data)).not.toContain("127.0.0.1");
  // Two subscribes keep 5 s between them.
  await expect.poll(() => subscriptions.live.length, { timeout: 10_000 }).toBe(1);
}, 15_000);

test("without a callback URL, subscription says what to set", async () => {
  const at = await started({ callback: false });
  const { error } = await ask(at, "subscription", "");
  expect(error).toMatchObject({ code: "no_callback_url", message: expect.stringContaining("callback.public_url") });
});

test("health counts what waits, and tells each person's problem", async () => {
  const at = await started();
  expect((await ask(at, "health", "")).data).toMatchObject({
    hints: 0,
    owed: expect.any(Number),
    parked: 0,
    oldest_hint: null,
    callbacks: { taken: 0, probes: expect.any(Number), unknown_users: 0, malformed: 0, refused: 0, failed: 0 },
    people: [{ person: "ada", problem: null, last_poll: expect.stringMatching(/^20.*Z$/) }],
  });
  at.ada.stopsSharing();
  await ask(at, "sync", "");
  await at.subscriber.until(() => at.subscriber.on("weighbridge/people/ada/availability").at(-1) === "offline");
  const { data } = await ask(at, "health", {});
  expect(data).toMatchObject({ people: [{ problem: { code: "not_shared", remedy: expect.any(String) } }] });
});

test("publish_discovery publishes everything retained once more", async () => {
  const at = await started();
  const devices = await at.broker.subscribe("homeassistant/device/+/config");
  await devices.until(() => devices.received.length === 2);
  await ask(at, "publish_discovery", {});
  await devices.until(() => devices.received.length === 4);
});

const ORDINARY = "weighbridge/bridge/response/sync";
test.each([
  ["my/answers", "my/answers"],
  ["weighbridges/answers", "weighbridges/answers"],
  ["weighbridge/bridge/response/me", "weighbridge/bridge/response/me"],
  ["foo/#", ORDINARY],
  ["+", ORDINARY],
  ["a/+/b", ORDINARY],
  ["", ORDINARY],
  ["a\0b", ORDINARY],
  ["a\u007fb", ORDINARY],
  ["a\uffffb", ORDINARY],
  ["$SYS/broker", ORDINARY],
  ["$share/group/topic", ORDINARY],
  [Array(200).fill("a").join("/"), ORDINARY],
  ["x".repeat(60_000), ORDINARY],
  ["homeassistant/sensor/forged/config", ORDINARY],
  ["homeassistant/status", ORDINARY],
  ["weighbridge", ORDINARY],
  ["weighbridge/people/ada/state", ORDINARY],
  ["weighbridge/bridge/state", ORDINARY],
  ["weighbridge/bridge/request/sync", ORDINARY],
  ["weighbridge/bridge/response", ORDINARY],
])("a request with the response topic %j is answered on %s", async (responseTopic, expected) => {
  const answered: string[] = [];
  const connection = {
    isConnected: true,
    publish: async (topic: string) => void answered.push(topic),
    retainedTopics: async () => [],
    close: async () => {},
  };
  const message = { topic: "t", payload: "", isRetained: false, responseTopic };
  const topics = { ordinary: ORDINARY, config: configSchema.parse({}) };
  await sendAnswer(connection, message, { status: "ok" }, topics);
  expect(answered).toEqual([expected]);
});

test("a retained request is refused, and does nothing", async () => {
  const at = await home();
  const client = at.subscriber.client;
  const request = JSON.stringify({ person: "ada", transaction: "old" });
  await client.publishAsync(`${REQUEST}/publish_discovery`, request, { qos: 1, retain: true });
  await at.start({ callback: false });
  const answers = () => at.subscriber.on(`${RESPONSE}/publish_discovery`);
  await at.subscriber.until(() => answers().length === 1);
  expect(JSON.parse(answers()[0] as string)).toMatchObject({
    status: "error",
    transaction: "old",
    error: { code: "retained", message: expect.stringContaining("without the retain flag") },
  });
});

test.each([
  ["sync", "{person: ada}", "invalid", "The request is not JSON: {person: ada}"],
  ["sync", "5", "invalid", "a request is a JSON object"],
  ["sync", '["ada"]', "invalid", "a request is a JSON object"],
  ["sync", { person: 5 }, "invalid", "person must be a string"],
  ["sync", { persn: "ada" }, "invalid", "there is no key persn"],
  ["sync", { person: "bob" }, "unknown_person", 'unknown person "bob"; configured: ada'],
  ["claim", {}, "invalid", "person is missing; weigh_in is missing"],
  ["claim", { person: "ada", weigh_in: "1" }, "invalid", "weigh_in must be a number"],
  ["refuse", { person: "bob", weigh_in: 1 }, "unknown_person", 'unknown person "bob"; configured: ada'],
  ["health", { person: "ada" }, "invalid", "there is no key person"],
  ["sync", `"${"x".repeat(17_000)}"`, "invalid", "The request is longer than 16384 characters"],
])("%s %j gets the error %s in words", async (command, payload, code, words) => {
  const at = await started({ callback: false });
  const { status, error } = await ask(at, command, payload);
  expect(status).toBe("error");
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
});
