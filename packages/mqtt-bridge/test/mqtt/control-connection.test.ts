import { ManualClock } from "@weighbridge/core/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { AccessCheck } from "../../src/mqtt/access-check.ts";
import { type ControlConnection, connectForControl } from "../../src/mqtt/connections.ts";
import { RawBroker } from "../support/raw-broker.ts";
import { keptLog } from "../support/silent-log.ts";

// A connection is tried again after a second.
vi.setConfig({ testTimeout: 15_000 });

const patience = { timeout: 5_000 };

/** A connection for requests, with the check of what it may do. */
function connect(url: string) {
  const clock = new ManualClock(0);
  const log = keptLog();
  const problems: string[] = [];
  const made: { connections: number; control: ControlConnection | undefined } = { connections: 0, control: undefined };
  const check = new AccessCheck({
    clock,
    log,
    control: () => made.control,
    samples: () => [
      { topic: "weighbridge/bridge/info", payload: "{}" },
      { topic: "homeassistant/device/weighbridge_1/config", payload: "{}" },
    ],
  });
  const control = connectForControl({
    broker: { url },
    clientId: "weighbridge-test-control",
    topics: ["weighbridge/bridge/request/sync", "homeassistant/status"],
    clock,
    isBrokerThere: () => true,
    onMessage: () => {},
    onDeaf: (topic, reason) => check.deaf(topic, reason),
    onProblem: (words) => problems.push(words),
    onConnected: () => {
      made.connections++;
      check.checkSoon();
    },
  });
  made.control = control;
  onTestFinished(() => check.stop());
  onTestFinished(() => control.close());
  return { clock, log, problems, made, control };
}

test("what the broker cannot stand ends one connection, not every one after it, and is told once", async () => {
  const broker = await RawBroker.start();
  broker.endsConnection = (topic) => topic === "poison";
  const { control, problems, made } = connect(broker.url);
  await expect.poll(() => control.isConnected, patience).toBe(true);
  for (let round = 1; round <= 2; round++) {
    await expect(control.publish("poison", "{}")).rejects.toThrow("before the broker took it");
    await expect.poll(() => made.connections, patience).toBe(round + 1);
  }
  await control.publish("answer", "{}");
  expect(broker.topicsAtQos1).toEqual(["answer"]);
  expect(problems).toEqual(["the broker closed it"]);
});

test("a subscription that the broker refuses is told with its topic and a remedy", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic === "homeassistant/status" ? 0x87 : 0);
  const { log } = connect(broker.url);
  await expect.poll(() => log.lines.length, patience).toBe(1);
  expect(log.lines[0]).toMatch(/^warn The broker does not let the bridge subscribe/);
  for (const words of ["homeassistant/status", "0x87", "mqtt.username"]) expect(log.lines[0]).toContain(words);
});

test("a document that the broker refuses is told once, also over several connections", async () => {
  const broker = await RawBroker.start();
  broker.reasonFor = (topic) => (topic.startsWith("homeassistant/device/") ? 0x87 : 0);
  const { log, clock, control, made } = connect(broker.url);
  for (let connection = 1; connection <= 2; connection++) {
    await expect.poll(() => made.connections, patience).toBe(connection);
    await expect.poll(() => control.isConnected, patience).toBe(true);
    await clock.advance(LIMITS.birthDelayMs);
    await expect.poll(() => broker.topicsAtQos1.length, patience).toBe(2 * connection);
    await control.publish("answer", "{}");
    broker.topicsAtQos1.pop();
    broker.drop();
  }
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toMatch(/^warn The broker does not let the bridge publish/);
  for (const words of ["homeassistant/device/weighbridge_1/config", "0x87", "discovery_prefix"])
    expect(log.lines[0]).toContain(words);
});
