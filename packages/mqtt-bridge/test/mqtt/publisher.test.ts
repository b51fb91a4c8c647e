import { ManualClock } from "@weighbridge/core/testing";
import { startBroker } from "@weighbridge/testing";
import { expect, test, vi } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import type { Store } from "../../src/store/store.ts";
import { outbox, post, TOPIC } from "../support/post.ts";
import { RawBroker } from "../support/raw-broker.ts";

// A connection is tried again after a second.
vi.setConfig({ testTimeout: 15_000 });

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

const drained = (store: Store) => expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0 });

test("events arrive in the order of their rows, each once, and none is retained", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/#");
  const { store, add } = await outbox();
  await add(...numbers(600));
  const { publisher } = await post(broker.url, store);
  await subscriber.until(() => subscriber.on(TOPIC).length >= 600);
  await add("last");
  publisher.pump();
  await subscriber.until(() => subscriber.on(TOPIC).includes("last"));
  expect(subscriber.on(TOPIC)).toEqual([...numbers(600), "last"]);
  expect(subscriber.received.some(({ packet }) => packet.retain)).toBe(false);
  await drained(store);
});

test("documents are written before the event that they tell of, the newest of each topic", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("#");
  const { store, add } = await outbox();
  const { publisher } = await post(broker.url, store);
  await expect.poll(() => publisher.isConnected, { timeout: 5_000 }).toBe(true);
  await add("event");
  publisher.publishDocuments([{ topic: "state", payload: "old" }]);
  publisher.publishDocuments([{ topic: "state", payload: "new" }]);
  publisher.pump();
  await subscriber.until(() => subscriber.on(TOPIC).length === 1);
  expect(subscriber.received.map(({ topic, payload }) => [topic, payload]).slice(-2)).toEqual([
    ["state", "new"],
    [TOPIC, "event"],
  ]);
});

test("what is retained is retained", async () => {
  const broker = await startBroker();
  const { store } = await outbox();
  await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await expect
    .poll(async () => {
      const late = await broker.subscribe("state");
      await late.until(() => late.received.length > 0);
      return late.received[0]?.packet.retain;
    })
    .toBe(true);
});

test("after the broker was away it goes on where it was", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/#");
  const { store, add } = await outbox();
  const at = await post(broker.url, store);
  await add("a", "b");
  at.publisher.pump();
  await subscriber.until(() => subscriber.on(TOPIC).length === 2);
  await broker.goAway();
  await add("c", "d");
  at.publisher.pump();
  await broker.comeBack();
  await subscriber.until(() => subscriber.on(TOPIC).length >= 4);
  expect(subscriber.on(TOPIC)).toEqual(["a", "b", "c", "d"]);
  await expect.poll(() => at.connections).toBe(2);
  await drained(store);
});

test("connections that break in the middle of it lose nothing and repeat nothing", async () => {
  const broker = await startBroker();
  const subscriber = await broker.subscribe("weighbridge/#");
  const { store, add } = await outbox();
  const { publisher } = await post(broker.url, store);
  for (let round = 0; round < 3; round++) {
    await add(...numbers(100).map((number) => `${round}-${number}`));
    publisher.pump();
    await subscriber.until(() => subscriber.on(TOPIC).length > round * 100 + 20);
    broker.drop();
    await subscriber.until(() => subscriber.on(TOPIC).length >= (round + 1) * 100);
  }
  await drained(store);
  const arrived = subscriber.on(TOPIC);
  expect(new Set(arrived).size).toBe(300);
  expect(arrived).toHaveLength(300);
});

test("a publisher that is started again goes on with the handshake of the one before", async () => {
  const broker = await RawBroker.start();
  broker.completesEvents = false;
  const first = await outbox();
  await first.add("a");
  const one = await post(broker.url, first.store);
  await expect.poll(() => broker.released.length, { timeout: 5_000 }).toBe(1);
  await one.publisher.stop();
  await first.store.close();

  broker.completesEvents = true;
  const second = await outbox(first.directory);
  expect(await second.store.released()).toHaveLength(1);
  await post(broker.url, second.store);
  await expect.poll(() => second.store.released(), { timeout: 5_000 }).toEqual([]);
  // Only the PUBREL was said again: the event itself would be a second one.
  expect(broker.publishes).toHaveLength(1);
  expect(broker.released).toEqual([broker.publishes[0]?.packetId, broker.publishes[0]?.packetId]);
});

test("a release that is still on its way to the disk holds its PUBREL back, also over a new connection", async () => {
  const broker = await RawBroker.start();
  const { store, add } = await outbox();
  const disk = Promise.withResolvers<void>();
  const release = store.release.bind(store);
  let begun = 0;
  store.release = async (id) => {
    begun++;
    await disk.promise;
    return release(id);
  };
  await add("a");
  await post(broker.url, store);
  await expect.poll(() => begun, { timeout: 5_000 }).toBe(1);
  broker.drop();
  await expect.poll(() => broker.connections, { timeout: 5_000 }).toBe(2);
  await broker.turn();
  expect(broker.released).toEqual([]);
  disk.resolve();
  await drained(store);
  expect(broker.released).toHaveLength(1);
  expect(broker.publishes).toHaveLength(1);
});

test("a PUBREC that comes twice waits for the disk twice", async () => {
  const broker = await RawBroker.start();
  broker.repeatsPubrec = true;
  const { store, add } = await outbox();
  const disk = Promise.withResolvers<void>();
  const release = store.release.bind(store);
  const begun = vi.fn();
  store.release = async (id) => {
    begun();
    await disk.promise;
    return release(id);
  };
  await add("a");
  await post(broker.url, store);
  await expect.poll(() => begun.mock.calls.length, { timeout: 5_000 }).toBe(1);
  await broker.turn();
  expect(broker.released).toEqual([]);
  disk.resolve();
  await drained(store);
  expect(broker.publishes).toHaveLength(1);
});

test("nothing goes over a new connection before it is certain that nobody else publishes from the outbox", async () => {
  const broker = await RawBroker.start();
  const { store, add } = await outbox();
  const asked: PromiseWithResolvers<void>[] = [];
  store.confirm = () => {
    const one = Promise.withResolvers<void>();
    asked.push(one);
    return one.promise;
  };
  await add("a");
  await post(broker.url, store, {
    onConnected: (publisher) => publisher.publishDocuments([{ topic: "state", payload: "s" }]),
  });
  await expect.poll(() => asked.length, { timeout: 5_000 }).toBe(1);
  broker.drop();
  await expect.poll(() => asked.length, { timeout: 5_000 }).toBe(2);
  // Of the connection that is over: it changes nothing for the one that is there.
  asked[0]?.resolve();
  await broker.turn();
  expect(broker.arrived).toEqual([]);
  asked[1]?.resolve();
  await drained(store);
  expect(broker.arrived).toEqual(["state", TOPIC, "PUBREL"]);
});

test("an event without a PUBREC is sent again as the same packet, marked as a repeat", async () => {
  const broker = await RawBroker.start();
  broker.takesEvents = false;
  const { store, add } = await outbox();
  const { publisher } = await post(broker.url, store);
  await add("a");
  publisher.pump();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(1);
  broker.takesEvents = true;
  broker.drop();
  await drained(store);
  const [sent, again] = broker.publishes;
  expect(sent).toMatchObject({ isRepeat: false, payload: "a" });
  expect(again).toEqual({ ...sent, isRepeat: true, connection: 2 });
});

test("a broker that lost the session gets events in doubt again: twice does less harm than never", async () => {
  const broker = await RawBroker.start();
  broker.completesEvents = false;
  const { store, add } = await outbox();
  await add("a");
  const { log } = await post(broker.url, store);
  await expect.poll(() => broker.released.length, { timeout: 5_000 }).toBe(1);
  broker.completesEvents = true;
  broker.keepsSession = false;
  broker.drop();
  await drained(store);
  expect(broker.publishes.map(({ payload }) => payload)).toEqual(["a", "a"]);
  expect(log.lines.join("\n")).toContain("The broker forgot our session; events in doubt are sent again");
});

test("an event that the broker refuses is parked and reported, and holds nobody up", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic.includes("ben") ? 0x87 : 0);
  const { store, add } = await outbox();
  await add("a", { topic: "weighbridge/people/ben/weigh_in", payload: "refused" }, "b");
  const { parked, log } = await post(broker.url, store);
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0, parked: 1 });
  expect(parked).toMatchObject([
    { topic: "weighbridge/people/ben/weigh_in", reason: expect.stringContaining("0x87"), remedy: expect.any(String) },
  ]);
  expect(broker.released).toHaveLength(2);
  expect(log.lines.find((line) => line.startsWith("error"))).toContain("mqtt.username");
  // A connection changes no rule: it is not tried again.
  broker.drop();
  await add("c");
  await expect.poll(() => broker.publishes.at(-1)?.payload, { timeout: 5_000 }).toBe("c");
  expect(broker.publishes.filter(({ payload }) => payload === "refused")).toHaveLength(1);
});

test("a parked event is tried again at the next start", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = () => 0x87;
  const first = await outbox();
  await first.add("a");
  const { publisher, parked } = await post(broker.url, first.store);
  await expect.poll(() => parked.length, { timeout: 5_000 }).toBe(1);
  await publisher.stop();
  await first.store.close();
  broker.reasonFor = () => 0;
  const { store } = await outbox(first.directory);
  await post(broker.url, store);
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0, parked: 0 });
  expect(broker.released).toHaveLength(1);
});

test("an hour later a parked event is tried again, in its order, and a second refusal is not reported again", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic.includes("ben") ? 0x87 : 0);
  const { store, add } = await outbox();
  const clock = new ManualClock(0);
  await add({ topic: "weighbridge/people/ben/weigh_in", payload: "first" }, "a");
  await add({ topic: "weighbridge/people/ben/weigh_in", payload: "second" });
  const { parked } = await post(broker.url, store, { clock });
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0, parked: 2 });
  await clock.advance(LIMITS.retryParkedMs - 1);
  expect(broker.publishes).toHaveLength(3);
  await clock.advance(1);
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(5);
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0, parked: 2 });
  expect(parked).toHaveLength(2);
  broker.reasonFor = () => 0;
  await clock.advance(LIMITS.retryParkedMs);
  await expect.poll(() => store.counts(), { timeout: 5_000 }).toMatchObject({ owed: 0, parked: 0 });
  expect(broker.publishes.slice(-2).map(({ payload }) => payload)).toEqual(["first", "second"]);
});

test("a broker that takes less after a reconnect is sent no more again than it takes", async () => {
  const broker = await RawBroker.start();
  broker.takesEvents = false;
  broker.receiveMaximum = 10;
  const { store, add } = await outbox();
  const { publisher } = await post(broker.url, store);
  await add(...numbers(10));
  publisher.pump();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(10);
  broker.receiveMaximum = 3;
  broker.drop();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBeGreaterThan(10);
  broker.takesEvents = true;
  broker.drop();
  await drained(store);
  const of = (connection: number) => broker.publishes.filter((publish) => publish.connection === connection);
  expect(of(2).length).toBeLessThanOrEqual(3);
  const ids = (connection: number) => of(connection).map(({ packetId, payload }) => [packetId, payload]);
  expect(ids(3)).toEqual(ids(1));
});

test("no more events are on the wire at once than the broker takes", async () => {
  const broker = await RawBroker.start();
  broker.receiveMaximum = 3;
  broker.takesEvents = false;
  const { store, add } = await outbox();
  const { publisher } = await post(broker.url, store);
  await expect.poll(() => publisher.isConnected, { timeout: 5_000 }).toBe(true);
  await add(...numbers(10));
  publisher.pump();
  await expect.poll(() => broker.publishes.length, { timeout: 5_000 }).toBe(3);
  broker.takesEvents = true;
  broker.drop();
  await drained(store);
  const first = broker.publishes.filter(({ isRepeat }) => !isRepeat).map(({ payload }) => payload);
  expect(first).toEqual(numbers(10));
});

test("a broker that is away is logged once, with what to look at", async () => {
  const broker = await startBroker();
  const { url } = broker;
  await broker.goAway();
  const { store } = await outbox();
  const at = await post(url, store);
  await expect.poll(() => at.log.lines.length, { timeout: 5_000 }).toBe(1);
  expect(at.log.lines[0]).toContain("No broker answers at mqtt.url");
  await broker.comeBack();
  await expect.poll(() => at.connections, { timeout: 5_000 }).toBe(1);
  expect(at.log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
});

test("a login that is refused names the settings, and is tried again", async () => {
  const broker = await startBroker();
  let isLetIn = false;
  broker.aedes.authenticate = (_client, _username, _password, done) => done(null, isLetIn);
  const { store } = await outbox();
  const at = await post(broker.url, store);
  await expect.poll(() => at.log.lines.join("\n"), { timeout: 5_000 }).toContain("mqtt.password");
  isLetIn = true;
  await expect.poll(() => at.connections, { timeout: 5_000 }).toBe(1);
});
