import { fileURLToPath } from "node:url";
import { until } from "@weighbridge/testing/parts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage } from "../src/browser.ts";
import { COUNT_WEIGH_INS } from "../src/count-weigh-ins.ts";
import { type HomeAssistant, isHomeAssistantInstalled, LOGIN, startHomeAssistant } from "../src/home-assistant.ts";
import { ADA, type House, type Inhabitant, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const BEA: Inhabitant = { slug: "bea", name: "Bea", weight_unit: "lb" };
const CID: Inhabitant = { slug: "cid", name: "Cid", weight_unit: "st" };

describeWith("Home Assistant and Mosquitto", isHomeAssistantInstalled && isInstalled("mosquitto"), () => {
  let house: House;
  let home: HomeAssistant;
  let weighIns = 0;
  let lastDate = 0;

  beforeAll(async () => {
    house = await makeHouse({ people: [ADA, BEA, CID], config: { home_assistant: { hold_s: 60 } } });
    home = await startHomeAssistant({
      broker: { port: house.broker.port },
      unitSystem: "us_customary",
      automations: [COUNT_WEIGH_INS],
      counters: ["weigh_ins", "device_triggers"],
    });
    lastDate = house.simulator.clock.seconds() - 20_000;
    await house.open("Ada");
    await until(async () => (await home.entities()).some(({ entity_id }) => entity_id === "event.ada_weigh_in"));
  });

  afterAll(async () => {
    await home?.remove();
    await house?.close();
  });

  /** Ada steps on; resolves when Home Assistant has counted her. */
  async function adaWeighsIn(weight: number): Promise<void> {
    lastDate += 600;
    house.person("Ada").weighsIn({ weight, fatRatio: 22.4, at: lastDate });
    weighIns++;
    await home.shows("counter.weigh_ins", String(weighIns));
  }

  test("each person appears as a device of their own, behind the bridge", async () => {
    const devices = await until(async () => {
      const found = await home.devices();
      return ["Ada", "Bea", "Cid", "Weighbridge"].every((name) => found.some((one) => one.name === name)) && found;
    });
    const bridge = devices.find(({ name }) => name === "Weighbridge");
    for (const { name } of [ADA, BEA, CID])
      expect(devices.find((device) => device.name === name)).toMatchObject({
        manufacturer: "Withings",
        via_device_id: bridge?.id,
      });
    const keys = ["weight", "fat_ratio", "fat_mass", "fat_free_mass", "height", "bmi", "last_weigh_in", "held"];
    const wanted = [...keys.map((key) => `sensor.ada_${key}`), "button.ada_sync", "button.ada_claim"];
    // Home Assistant adds them one by one.
    await until(async () => {
      const ids = new Set((await home.entities()).map(({ entity_id }) => entity_id));
      return wanted.every((id) => ids.has(id));
    });
    await home.shows("binary_sensor.weighbridge_connection", "on");
    await home.shows("binary_sensor.ada_account_problem", "off");
    await home.shows("binary_sensor.ada_subscription_problem", "off");
  });

  test("what was never measured is unknown", async () => {
    await home.shows("sensor.ada_weight", "unknown");
    await home.shows("sensor.ada_last_weigh_in", "unknown");
  });

  test("a weigh-in shows as weight, unit and last weigh-in, and is an event", async () => {
    await adaWeighsIn(68.45);
    const weight = await home.shows("sensor.ada_weight", "68.45");
    expect(weight.attributes).toMatchObject({ unit_of_measurement: "kg", device_class: "weight" });
    await home.shows("sensor.ada_fat_ratio", "22.4");
    await home.shows("sensor.ada_bmi", "24.3");
    await home.shows("sensor.ada_last_weigh_in", new Date(lastDate * 1000).toISOString().replace(".000Z", "+00:00"));
    const event = await home.state("event.ada_weigh_in");
    expect(event?.attributes).toMatchObject({ event_type: "weigh_in", weight: 68.45, person: "ada", backdated: false });
  });

  test.each([
    ["Bea", "lb", "150.36"],
    ["Cid", "st", "10.74"],
  ])("%s reads the weight in %s", async (name, unit, shown) => {
    house.person(name).weighsIn({ weight: 68.2, at: lastDate });
    const entity = `sensor.${name.toLowerCase()}_weight`;
    const state = await until(async () => {
      const now = await home.state(entity);
      return now !== undefined && Number.isFinite(Number(now.state)) && now;
    });
    expect(state.attributes).toMatchObject({ unit_of_measurement: unit });
    expect(Number(state.state).toFixed(2)).toBe(shown);
  });

  test("an automation on the event entity runs once for each weigh-in, also for an equal weight", async () => {
    await adaWeighsIn(68.45);
    await adaWeighsIn(68.45);
  });

  test("an automation made by clicking, on the device's trigger, runs for each weigh-in", async () => {
    const ada = (await home.devices()).find(({ name }) => name === "Ada");
    const triggers = await home.command<{ type: string; subtype?: string; domain: string }[]>({
      type: "device_automation/trigger/list",
      device_id: ada?.id,
    });
    const trigger = triggers.find(({ type, domain }) => domain === "mqtt" && type === "arrived");
    expect(trigger).toMatchObject({ subtype: "Weigh-in" });
    await home.post("/api/config/automation/config/clicked", {
      alias: "Clicked",
      triggers: [trigger],
      actions: [{ action: "counter.increment", target: { entity_id: "counter.device_triggers" } }],
    });
    await until(() => home.state("automation.clicked"));
    await adaWeighsIn(68.45);
    await home.shows("counter.device_triggers", "1");
  });

  test("what happened stands in words, and what is no weigh-in has an event entity of its own", async () => {
    await home.shows("sensor.ada_summary", "68.45 kg, +0.00 kg since the last time");
    await home.shows("sensor.bea_summary", "150.36 lb");
    const before = (await home.state("event.ada_weigh_in"))?.state;
    house.person("Ada").setsTarget({ weight: 65 });
    const news = await until(async () => {
      const state = await home.state("event.ada_news");
      return state?.attributes["event_type"] === "target set" && state;
    });
    expect(news.attributes).toMatchObject({ kind: "target_set", person: "ada", weight: 65 });
    expect((await home.state("event.ada_weigh_in"))?.state).toBe(before);
  });

  test("after a restart of the bridge, of the broker and of Home Assistant it still runs once for each weigh-in", async () => {
    await house.bridge.end("SIGTERM");
    await home.shows("binary_sensor.weighbridge_connection", "off");
    await home.shows("sensor.ada_weight", "unavailable");
    await house.open("Ada");
    await home.shows("sensor.ada_weight", "68.45");
    await adaWeighsIn(68.45);

    await house.bridge.end("SIGKILL");
    await house.open("Ada");
    await adaWeighsIn(68.6);

    const before = house.listener.heard.length;
    await house.broker.restart();
    await until(() =>
      house.listener.heard
        .slice(before)
        .find(({ topic, payload }) => topic === "weighbridge/bridge/state" && payload === "online"),
    );
    await home.shows("sensor.ada_weight", "68.6");
    await adaWeighsIn(68.6);

    await home.restart();
    await home.shows("sensor.ada_weight", "68.6");
    await adaWeighsIn(68.6);
    await home.shows("counter.device_triggers", "5");
  });

  test.runIf(process.env["PICTURES"])("the picture of the documentation is taken", async () => {
    const browser = await openBrowser();
    try {
      const { page } = await openPage(browser, { width: 1180, height: 860 });
      const ada = (await home.devices()).find(({ name }) => name === "Ada");
      await page.goto(`${home.url}/config/devices/device/${ada?.id}`);
      await page.locator("input[name=username]").fill(LOGIN.username);
      await page.locator("input[name=password]").fill(LOGIN.password);
      await page.keyboard.press("Enter");
      // It asks about the port that the test gave it.
      await page.getByText("Confirm", { exact: true }).click();
      await page.getByText("Revert", { exact: true }).waitFor({ state: "hidden" });
      await page.waitForTimeout(1_000);
      await page.getByText("Fat ratio").first().waitFor();
      await page.getByText("68.6").first().waitFor();
      await page.screenshot({
        path: fileURLToPath(new URL("../../docs/pictures/home-assistant.png", import.meta.url)),
      });
    } finally {
      await browser.close();
    }
  });

  test("Sync now finds what no notification told", async () => {
    lastDate += 600;
    const ada = house.person("Ada");
    ada.subscriptions.lose();
    ada.weighsIn({ weight: 69, at: lastDate });
    weighIns++;
    await home.post("/api/services/button/press", { entity_id: "button.ada_sync" });
    await home.shows("sensor.ada_weight", "69");
    await home.shows("counter.weigh_ins", String(weighIns));
    await house.listener.publish("weighbridge/bridge/request/subscription", "{}");
    await until(() => ada.subscriptions.live.length > 0);
  });

  test("a person who is removed from the configuration goes from Home Assistant", async () => {
    await house.bridge.end("SIGTERM");
    await house.inhabit([ADA, CID]);
    await house.open("Ada");
    await until(async () => (await home.devices()).every(({ name }) => name !== "Bea"));
    expect((await home.entities()).filter(({ entity_id }) => entity_id.includes("bea"))).toEqual([]);
  });

  test("a slug that belongs to another account from now on keeps its entity ids", async () => {
    await house.bridge.end("SIGTERM");
    await house.inhabit([{ slug: "ada", name: "Adele" }]);
    house.bridge.start();
    await until(async () => (await home.devices()).some(({ name }) => name === "Adele"));
    await until(async () => (await home.devices()).every(({ name }) => name !== "Ada"));
    const ids = (await home.entities()).map(({ entity_id }) => entity_id);
    expect(ids).toEqual(expect.arrayContaining(["sensor.ada_weight", "event.ada_weigh_in"]));
    expect(ids.filter((id) => id.endsWith("_2"))).toEqual([]);
  });

  test("the MQTT integration objected to nothing", () => {
    // The restart of the broker, which Home Assistant sees as a lost connection, is no fault of a message.
    const isRestart = (line: string) => /connection was lost|failed to receive on socket/i.test(line);
    expect(home.complaints().filter((line) => !isRestart(line))).toEqual([]);
  });
});
