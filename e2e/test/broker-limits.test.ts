import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test } from "vitest";
import { newBridgeProcess } from "../src/bridge-process.ts";
import { makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const STATE = "weighbridge/people/ada/state";

async function openHouse(settings: readonly string[]) {
  const house = await makeHouse({ broker: { settings } });
  onTestFinished(() => house.close());
  return house;
}

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test("max_qos 1: weigh-ins arrive, and the log says what that costs", async () => {
    const at = await openHouse(["max_qos 1"]);
    await at.open("Ada");
    at.simulator.person("Ada").weighsIn({ weight: 70 });
    await at.listener.eventsOf("ada", 1);
    expect(at.bridge.output).toContain("does not take QoS 2");
  });

  test("max_packet_size 4000: discovery is left out and named, everything else arrives", async () => {
    const at = await openHouse(["max_packet_size 4000"]);
    await at.open("Ada");
    at.simulator.person("Ada").weighsIn({ weight: 70 });
    await at.listener.eventsOf("ada", 1);
    await until(() => at.listener.lastJson(STATE)?.["weight"] === 70);
    expect(at.bridge.output).toMatch(/larger than the broker takes and is left out: homeassistant/);
    expect(at.bridge.output).not.toContain("Lost the broker");
  });

  test("retain_available false: weigh-ins and their states arrive, not retained", async () => {
    const at = await openHouse(["retain_available false"]);
    await at.open("Ada");
    at.simulator.person("Ada").weighsIn({ weight: 70 });
    await at.listener.eventsOf("ada", 1);
    await until(() => at.listener.lastJson(STATE)?.["weight"] === 70);
    expect(at.bridge.output).toContain("keeps no retained messages");
  });

  test("a copied state directory on a second machine: both wait longer and longer, and the log names the cause", async () => {
    const at = await openHouse([]);
    await at.open("Ada");
    const copy = await newBridgeProcess({});
    onTestFinished(() => copy.remove());
    await cp(at.bridge.folder, copy.folder, { recursive: true, filter: (file) => !file.endsWith(".lock") });
    const config = JSON.parse(await readFile(at.bridge.configFile, "utf8"));
    await copy.configure({ ...config, callback: undefined, state_dir: join(copy.folder, "state") });
    copy.start();
    // Mosquitto gives no reason when a session is taken over.
    const isNamed = ({ output }: { readonly output: string }) =>
      output
        .split("\n")
        .filter((line) => line.includes("closes the connection again and again"))
        .some((line) => line.includes("a copy of this state directory runs elsewhere"));
    await until(() => isNamed(at.bridge) && isNamed(copy), 30_000);
    expect(at.bridge.output.match(/closes the connection again and again/g)).toHaveLength(1);
  });

  test("a bridge that only polls waits for its broker, though nothing else keeps the process busy", async () => {
    const at = await openHouse([]);
    await at.bridge.configure({ ...JSON.parse(await readFile(at.bridge.configFile, "utf8")), callback: undefined });
    await at.broker.stop();
    at.bridge.start();
    await until(() => at.bridge.output.includes("No broker answers"));
    await at.broker.start();
    await until(() => at.bridge.output.includes("Connected to the broker"));
    expect(at.bridge.isRunning).toBe(true);
  });
});
