import { ManualClock } from "@weighbridge/core/testing";
import { keptLog } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { AccessCheck } from "../../src/mqtt/access-check.ts";
import { connectForControl } from "../../src/mqtt/control-connection.ts";
import { RawBroker } from "../support/raw-broker.ts";

// A connection is tried again after a second.
vi.setConfig({ testTimeout: 15_000 });

const patience = { timeout: 5_000 };

/** A connection for requests. */
function connect(url: string) {
  const clock = new ManualClock(0);
  const problems: string[] = [];
  const deaf: string[] = [];
  const made: { connections: number } = { connections: 0 };
  const control = connectForControl({
    broker: { url, version: "auto" },
    clientId: "weighbridge-test-c",
    topics: ["weighbridge/bridge/request/sync", "homeassistant/status"],
    clock,
    isBrokerThere: () => true,
    onMessage: () => {},
    onDeaf: (topic, reason) => deaf.push(`${topic} 0x${reason.toString(16)}`),
    onProblem: (words) => problems.push(words),
    onConnected: () => made.connections++,
  });
  onTestFinished(() => control.close());
  return { clock, problems, deaf, made, control };
}

/** Lets the wait before the next connection pass, however long it has grown. */
async function reconnect({ clock, made }: ReturnType<typeof connect>) {
  const next = made.connections + 1;
  await expect
    .poll(async () => {
      await clock.advance(LIMITS.mqttRetryMs);
      return made.connections;
    }, patience)
    .toBe(next);
}

test("what the broker cannot stand ends one connection, not every one after it, and is logged once", async () => {
  const broker = await RawBroker.start();
  broker.endsConnection = (topic) => topic === "poison";
  const at = connect(broker.url);
  await expect.poll(() => at.control.isConnected, patience).toBe(true);
  for (let round = 1; round <= 2; round++) {
    await expect(at.control.publish("poison", "{}")).rejects.toThrow("before the broker took it");
    await reconnect(at);
  }
  await at.control.publish("answer", "{}");
  expect(broker.topicsAtQos1).toEqual(["answer"]);
  expect(at.problems).toEqual([
    expect.stringContaining("Lost the broker"),
    expect.stringContaining("closes the connection again and again"),
  ]);
});

test("a subscription that the broker refuses is reported with its topic", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic === "homeassistant/status" ? 0x87 : 0);
  const { deaf } = connect(broker.url);
  await expect.poll(() => deaf, patience).toEqual(["homeassistant/status 0x87"]);
});

test("an answer that is larger than the broker takes is not sent, and the connection stays", async () => {
  const broker = await RawBroker.start();
  broker.limits = { maximumPacketSize: 500 };
  const { control, problems } = connect(broker.url);
  await expect.poll(() => control.isConnected, patience).toBe(true);
  await expect(control.publish("answer", "x".repeat(500))).rejects.toThrow("no packet above 500 bytes");
  await control.publish("answer", "{}");
  expect(broker.topicsAtQos1).toEqual(["answer"]);
  expect(problems).toEqual([]);
});

test("the broker is asked to send no packet that is larger than a request may be", async () => {
  const broker = await RawBroker.start();
  const { control } = connect(broker.url);
  await expect.poll(() => control.isConnected, patience).toBe(true);
  expect(broker.connects).toMatchObject([{ maximumPacketSize: LIMITS.controlPacketBytes }]);
});

test("what the broker forbids is logged once for each place, with a remedy", () => {
  const log = keptLog();
  const check = new AccessCheck(log);
  for (let connection = 1; connection <= 2; connection++) {
    check.publishRefused("homeassistant/device/weighbridge_1/config", 0x87);
    check.publishRefused("homeassistant/device/weighbridge_2/config", 0x87);
    check.subscribeRefused("homeassistant/status", 0x87);
  }
  expect(log.lines).toEqual([
    expect.stringMatching(/^warn The broker does not let the bridge publish .*weighbridge_1.*0x87.*discovery_prefix/),
    expect.stringMatching(/^warn The broker does not let the bridge subscribe .*homeassistant\/status.*mqtt.username/),
  ]);
});
