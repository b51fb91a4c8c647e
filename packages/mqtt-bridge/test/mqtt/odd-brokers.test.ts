import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ManualClock } from "@weighbridge/core/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { outbox, post, TOPIC, waitedFor } from "../support/post.ts";
import { RawBroker } from "../support/raw-broker.ts";

vi.setConfig({ testTimeout: 15_000 });

const patience = { timeout: 5_000 };

test("a broker whose maximum QoS is 1 gets events at QoS 1, PUBACK ends each, and it is said once", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumQos: 1 };
  const { store, add } = await outbox();
  const { publisher, log } = await post(broker.url, store);
  await add("a", "b");
  publisher.pump();
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  broker.drop();
  await add("c");
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  expect(broker.publishes.map(({ payload, qos }) => [payload, qos])).toEqual([
    ["a", 1],
    ["b", 1],
    ["c", 1],
  ]);
  expect(log.lines.filter((line) => line.includes("does not take QoS 2"))).toHaveLength(1);
});

test("a broker whose maximum QoS is 0 gets events and documents at QoS 0, and a will that it takes", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumQos: 0 };
  broker.refuses = ({ will }) => (will?.qos === 0 ? 0 : 0x9b);
  const { store, add } = await outbox();
  await add("a");
  await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  await expect.poll(() => broker.arrived, patience).toEqual(["state", TOPIC]);
  expect(broker.publishes).toMatchObject([{ payload: "a", qos: 0 }]);
});

test("an event that a broker refuses at QoS 1 is parked", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumQos: 1 };
  broker.reasonFor = () => 0x87;
  const { store, add } = await outbox();
  await add("a");
  const { parked } = await post(broker.url, store);
  await expect.poll(() => parked, patience).toMatchObject([{ reason: expect.stringContaining("0x87") }]);
});

test("PUBACK ends an event that went at QoS 2: none is repeated, more than a window pass, and it is said once", async () => {
  const broker = await RawBroker.start();
  broker.acknowledgesAtOnce = true;
  broker.receiveMaximum = 300;
  const { store, add } = await outbox();
  await add(...Array.from({ length: LIMITS.eventsInFlight + 10 }, (_, index) => String(index)));
  const { log } = await post(broker.url, store);
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  broker.drop();
  await add("last");
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  expect(new Set(broker.publishes.map(({ payload }) => payload)).size).toBe(broker.publishes.length);
  expect(log.lines.filter((line) => line.includes("QoS 2 in one step"))).toHaveLength(1);
});

for (const silence of ["close", "mute"] as const)
  test(`where CONNECT of MQTT 5 finds no answer (${silence}), MQTT 3.1.1 is tried, and it is said once`, async () => {
    const broker = await RawBroker.start();
    broker.silence = ({ version }) => (version === 5 ? silence : undefined);
    const clock = new ManualClock(0);
    const { store, add } = await outbox();
    await add("a");
    const at = await post(broker.url, store, { clock });
    await waitedFor(clock, () => at.connections === 1);
    await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
    expect(broker.connects.at(-1)).toMatchObject({ version: 4, isClean: false });
    expect(broker.connects.filter(({ version }) => version === 5)).toHaveLength(silence === "close" ? 3 : 2);
    expect(at.log.lines.filter((line) => line.includes("MQTT 3.1.1 is tried"))).toHaveLength(1);
    // A broker that was only away for a moment may know MQTT 5 after all.
    broker.silence = () => undefined;
    broker.drop();
    await waitedFor(clock, () => at.connections === 2);
    expect(broker.connects.at(-1)).toMatchObject({ version: 5 });
  });

test("a version that is set is the only one that is tried", async () => {
  const broker = await RawBroker.start();
  broker.silence = () => "close";
  for (const [version, number] of [
    ["5", 5],
    ["3.1.1", 4],
  ] as const) {
    broker.connects.length = 0;
    const clock = new ManualClock(0);
    const { store } = await outbox();
    const { publisher, log } = await post(broker.url, store, { clock, version });
    await waitedFor(clock, () => broker.connects.length >= 6);
    expect(new Set(broker.connects.map((connect) => connect.version))).toEqual(new Set([number]));
    expect(log.lines).toEqual([expect.stringContaining("ends the connection before MQTT began")]);
    await publisher.stop();
  }
});

test("where another program takes the session over, nothing is published for a minute, and the log says why", async () => {
  const broker = await RawBroker.start();
  broker.completesEvents = false;
  const clock = new ManualClock(0);
  const { store, add } = await outbox();
  await add("a");
  const at = await post(broker.url, store, { clock });
  await expect.poll(() => broker.released.length, patience).toBe(1);
  broker.completesEvents = true;
  broker.disconnect(0x8e);
  await expect.poll(() => at.log.lines.at(-1), patience).toContain("a copy of this state directory runs elsewhere");
  await add("b");
  at.publisher.pump();
  await clock.advance(59_999);
  const before = broker.connects.length;
  await clock.advance(1);
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  // Messages of the other program under the same packet ids are not ours: the session starts anew.
  expect(broker.connects.slice(before).map(({ isClean }) => isClean)).toEqual([true, false]);
  expect(broker.publishes.map(({ payload }) => payload)).toEqual(["a", "a", "b"]);
});

test("a session that is not of this outbox is forgotten by a connection that only starts clean; all others go on with what is kept", async () => {
  const broker = await RawBroker.start();
  const { store } = await outbox();
  const at = await post(broker.url, store);
  await expect.poll(() => at.connections, patience).toBe(1);
  broker.drop();
  await expect.poll(() => at.connections, patience).toBe(2);
  expect(broker.connects.map(({ isClean }) => isClean)).toEqual([true, false, false]);
});

test("a document that is larger than the broker takes is left out and named once, and the others arrive", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumPacketSize: 1_000 };
  const { store } = await outbox();
  const documents = [
    { topic: "homeassistant/device/x/config", payload: "x".repeat(1_000) },
    { topic: "state", payload: "s" },
  ];
  const at = await post(broker.url, store, { onConnected: (publisher) => publisher.publishDocuments(documents) });
  await expect.poll(() => broker.arrived, patience).toEqual(["state"]);
  broker.drop();
  await expect.poll(() => broker.arrived, patience).toEqual(["state", "state"]);
  const lines = at.log.lines.filter((line) => line.includes("homeassistant/device/x/config"));
  expect(lines).toEqual([expect.stringContaining("max_packet_size")]);
});

test("an event that is larger than the broker takes is parked and reported, and holds up no other", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumPacketSize: 1_000 };
  const { store, add } = await outbox();
  await add("a", "x".repeat(1_000), "b");
  const { parked } = await post(broker.url, store);
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0, parked: 1 });
  expect(broker.publishes.map(({ payload }) => payload)).toEqual(["a", "b"]);
  expect(parked).toMatchObject([{ topic: TOPIC, reason: expect.stringContaining("1000") }]);
});

test("the largest packet that the broker takes is sent, to the byte", async () => {
  const broker = await RawBroker.start();
  // Fixed header 2 + 1, topic 2 + n, packet id 2, properties 1.
  const overhead = 3 + 2 + TOPIC.length + 2 + 1;
  broker.limits = { maximumPacketSize: overhead + 500 };
  const { store, add } = await outbox();
  await add("x".repeat(500), "x".repeat(501));
  await post(broker.url, store);
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0, parked: 1 });
});

test("documents come before what is repeated after a reconnect, be it a PUBLISH or a PUBREL", async () => {
  const broker = await RawBroker.start();
  broker.completesEvents = false;
  const { store, add } = await outbox();
  const at = await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await add("released");
  at.publisher.pump();
  await expect.poll(() => broker.released.length, patience).toBe(1);
  broker.takesEvents = false;
  await add("sent");
  at.publisher.pump();
  await expect.poll(() => broker.publishes.length, patience).toBe(2);
  broker.completesEvents = true;
  broker.takesEvents = true;
  broker.arrived.length = 0;
  broker.drop();
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0 });
  expect(broker.arrived).toEqual(["state", "PUBREL", TOPIC, "PUBREL"]);
});

test("an event is not released before the broker has the documents that were published before it", async () => {
  const broker = await RawBroker.start();
  const { store, add } = await outbox();
  const at = await post(broker.url, store);
  await expect.poll(() => at.connections, patience).toBe(1);
  broker.holdsDocuments = true;
  await add("a");
  at.publisher.publishDocuments([{ topic: "state", payload: "s" }]);
  at.publisher.pump();
  await expect.poll(() => broker.arrived, patience).toEqual(["state", TOPIC]);
  await broker.turn();
  expect(broker.arrived).toEqual(["state", TOPIC]);
  broker.answerHeld();
  await expect.poll(() => broker.arrived, patience).toEqual(["state", TOPIC, "PUBREL"]);
});

test("documents that come faster than the broker takes them hold no event back for ever, and those before it stay before it", async () => {
  const broker = await RawBroker.start();
  broker.receiveMaximum = 4;
  broker.holdsDocuments = true;
  const { store, add } = await outbox();
  const started = ["s0", "s1", "s2"].map((topic) => ({ topic, payload: "s" }));
  const at = await post(broker.url, store, { onConnected: (publisher) => publisher.publishDocuments(started) });
  await add("a");
  for (let round = 0; round < 40 && broker.publishes.length === 0; round++) {
    const more = Array.from({ length: 8 }, (_, index) => ({ topic: `r${round}-${index}`, payload: "d" }));
    at.publisher.publishDocuments(more);
    at.publisher.pump();
    broker.answerHeld();
    await broker.turn();
  }
  expect(broker.publishes.map(({ payload }) => payload)).toEqual(["a"]);
  const before = broker.arrived.slice(0, broker.arrived.indexOf(TOPIC));
  expect(before.slice(0, 3)).toEqual(["s0", "s1", "s2"]);
  // Those that were due when the event was read: of the first rounds, and no later one before an earlier one.
  expect(before.slice(3)).toEqual([...before.slice(3)].sort((a, b) => orderOf(a) - orderOf(b)));
});

/** Of a topic such as `r12-3`: its place among those that the test published. */
const orderOf = (topic: string): number => {
  const [round = 0, index = 0] = topic.slice(1).split("-").map(Number);
  return round * 8 + index;
};

test("where the broker takes no QoS 2, an event waits until the broker has the documents", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumQos: 1 };
  const { store, add } = await outbox();
  const at = await post(broker.url, store);
  await expect.poll(() => at.connections, patience).toBe(1);
  broker.holdsDocuments = true;
  await add("a");
  at.publisher.publishDocuments([{ topic: "state", payload: "s" }]);
  at.publisher.pump();
  await expect.poll(() => broker.arrived, patience).toEqual(["state"]);
  await broker.turn();
  expect(broker.arrived).toEqual(["state"]);
  broker.answerHeld();
  await expect.poll(() => broker.arrived, patience).toEqual(["state", TOPIC]);
});

test("documents have packet ids that no row can have, and never fill the wire beyond what the broker takes", async () => {
  const broker = await RawBroker.start();
  broker.receiveMaximum = 5;
  broker.holdsDocuments = true;
  const { store } = await outbox();
  const documents = Array.from({ length: 12 }, (_, index) => ({ topic: `state/${index}`, payload: "s" }));
  await post(broker.url, store, { onConnected: (publisher) => publisher.publishDocuments(documents) });
  await expect.poll(() => broker.arrived.length, patience).toBe(5);
  await broker.turn();
  expect(broker.arrived).toHaveLength(5);
  broker.holdsDocuments = false;
  broker.answerHeld();
  await expect.poll(() => broker.topicsAtQos1, patience).toEqual(documents.map(({ topic }) => topic));
  for (const id of broker.documentIds) expect(id).toBeGreaterThan(65_535 - 1_024);
});

test("a document that the broker refuses is reported with its topic and reason", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic === "state" ? 0x87 : 0);
  const { store } = await outbox();
  const at = await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await expect.poll(() => at.refused, patience).toEqual(["state 0x87"]);
});

test("PUBREC 0x91 on a repeat means that the broker has the event: PUBREL follows, and nothing is parked", async () => {
  const broker = await RawBroker.start();
  broker.takesEvents = false;
  const { store, add } = await outbox();
  await add("a");
  const at = await post(broker.url, store);
  await expect.poll(() => broker.publishes.length, patience).toBe(1);
  broker.takesEvents = true;
  broker.reasonFor = () => 0x91;
  broker.drop();
  await expect.poll(() => store.counts(), patience).toMatchObject({ owed: 0, parked: 0 });
  expect(at.parked).toEqual([]);
  expect(broker.released).toHaveLength(1);
});

test("waits grow to a minute where the login is refused, and the log has one line", async () => {
  const broker = await RawBroker.start();
  broker.refuses = () => 0x86;
  const clock = new ManualClock(0);
  const { store } = await outbox();
  const { log } = await post(broker.url, store, { clock });
  await waitedFor(clock, () => broker.connects.length >= 8);
  const before = { connects: broker.connects.length, at: clock.now() };
  await waitedFor(clock, () => broker.connects.length > before.connects, 10_000);
  expect(clock.now() - before.at).toBeGreaterThanOrEqual(50_000);
  expect(log.lines).toEqual([expect.stringMatching(/^warn The broker refused the login .*mqtt.password/)]);
});

test("waits grow where each connection ends soon, and the log does not", async () => {
  const broker = await RawBroker.start();
  broker.endsConnection = (topic) => topic === "poison";
  const clock = new ManualClock(0);
  const { store } = await outbox();
  const { log } = await post(broker.url, store, {
    clock,
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "poison", payload: "p" }]),
  });
  await waitedFor(clock, () => broker.connects.length >= 8);
  expect(clock.now()).toBeGreaterThanOrEqual(60_000);
  expect(log.lines.length).toBeLessThanOrEqual(4);
  expect(log.lines.at(-1)).toContain("closes the connection again and again");
  broker.endsConnection = () => false;
  await waitedFor(clock, () => log.lines.at(-1)?.includes("Connected to the broker") === true, 10_000);
});

test("a broker that keeps no retained messages gets documents without the flag and no will, and it is said", async () => {
  const broker = await RawBroker.start();
  broker.limits = { canRetain: false };
  broker.refuses = ({ will }) => (will?.retain ? 0x9a : 0);
  const { store } = await outbox();
  const { log } = await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await expect.poll(() => broker.arrived, patience).toEqual(["state"]);
  expect(broker.retained).toEqual([]);
  expect(broker.connects.at(-1)?.will).toBeUndefined();
  expect(log.lines.filter((line) => line.startsWith("warn"))).toEqual([
    expect.stringContaining("keeps no retained messages"),
  ]);
});

async function listening(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a web server at mqtt:// is named for what it is", async () => {
  const url = await listening(
    createHttpServer((_, response) => response.end()),
    "mqtt",
  );
  const { store } = await outbox();
  const { log } = await post(url, store);
  await expect.poll(() => log.lines, patience).toEqual([expect.stringContaining("that is not MQTT")]);
  expect(log.lines[0]).toContain("mqtt.url");
});

test("a web server without web sockets at ws:// is named for what it is", async () => {
  const url = await listening(
    createHttpServer((_, response) => response.writeHead(404).end()),
    "ws",
  );
  const { store } = await outbox();
  const { log } = await post(url, store);
  await expect.poll(() => log.lines, patience).toEqual([expect.stringContaining("that is not MQTT")]);
});

test("a plain port at mqtts:// is named for what it is, whether it answers or hangs up", async () => {
  const answers = [(socket: Socket) => socket.end("HTTP/1.1 400\r\n\r\n"), (socket: Socket) => socket.destroy()];
  for (const answer of answers) {
    const server = createServer((socket) => socket.on("error", () => {}).once("data", () => answer(socket)));
    const url = await listening(server, "mqtts");
    const { store } = await outbox();
    const { log, publisher } = await post(url, store);
    await expect.poll(() => log.lines, patience).toEqual([expect.stringContaining("does not speak TLS")]);
    await publisher.stop();
  }
});
