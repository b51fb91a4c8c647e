import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { weighbridge } from "../src/command.ts";
import { COUNT_WEIGH_INS } from "../src/count-weigh-ins.ts";
import { type HomeAssistant, isHomeAssistantInstalled, startHomeAssistant } from "../src/home-assistant.ts";
import { ADA, type House, type Inhabitant, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const BEA: Inhabitant = { slug: "bea", name: "Bea", weight_unit: "lb" };

describeWith("Home Assistant and Mosquitto", isHomeAssistantInstalled && isInstalled("mosquitto"), () => {
  let house: House;
  let home: HomeAssistant;
  let weighIns = 0;
  let lastDate = 0;

  beforeAll(async () => {
    house = await makeHouse({ generation: "public", people: [ADA, BEA], config: { home_assistant: { hold_s: 60 } } });
    home = await startHomeAssistant({
      broker: { port: house.broker.port },
      automations: [COUNT_WEIGH_INS],
      counters: ["weigh_ins"],
    });
    lastDate = house.simulator.clock.seconds() - 20_000;
    await house.open("Ada");
    // Available: its subscription is there, and what comes now is heard.
    await home.shows("event.ada_weigh_in", "unknown");
    await home.shows("binary_sensor.ada_account_problem", "off");
  });

  afterAll(async () => {
    await home?.remove();
    await house?.close();
  });

  async function adaWeighsIn(weight: number): Promise<void> {
    lastDate += 600;
    house.person("Ada").weighsIn({ weight, fatRatio: 22.4, heartPulse: 61, at: lastDate });
    weighIns++;
    await home.shows("counter.weigh_ins", String(weighIns));
  }

  test("a weigh-in of today's API runs an automation once, though it is called several times, also for an equal weight", async () => {
    await adaWeighsIn(68.45);
    await home.shows("sensor.ada_weight", "68.45");
    await home.shows("sensor.ada_heart_pulse", "61");
    await adaWeighsIn(68.45);
    await house.simulator.settled();
    await home.shows("counter.weigh_ins", String(weighIns));
  });

  test("battery and last contact of the scale are diagnostics of the person's device", async () => {
    await home.shows("sensor.ada_scale_battery", "high");
    const contact = await home.state("sensor.ada_scale_last_contact");
    expect(contact?.attributes).toMatchObject({ device_class: "timestamp" });
  });

  test("the history of a person of today's API is found by their consent", async () => {
    const tokenFile = join(house.bridge.folder, "token");
    await writeFile(tokenFile, home.token);
    const to = ["--home-assistant", home.url, "--token-file", tokenFile, "--json"];
    const { code, out } = await weighbridge(["history", "-c", house.bridge.configFile, "--person", "ada", ...to]);
    expect(code).toBe(0);
    // The weigh-ins may fall into one hour or into two.
    const hours = new Set([lastDate - 600, lastDate].map((at) => Math.floor(at / 3_600))).size;
    expect(JSON.parse(out).imported).toContainEqual({ person: "ada", entity: "sensor.ada_weight", hours, unit: "kg" });
  });

  test("a consent that ends shows as a problem, and its values are unavailable", async () => {
    house.application?.unlinks(house.person("Ada"));
    await house.listener.publish("weighbridge/bridge/request/sync", '{"person":"ada"}');
    const problem = await home.shows("binary_sensor.ada_account_problem", "on");
    expect(problem.attributes).toMatchObject({ code: "grant_ended", remedy: expect.stringContaining("Authorize") });
    await home.shows("sensor.ada_weight", "unavailable");
  });

  test("the MQTT integration objected to nothing", () => {
    expect(home.complaints()).toEqual([]);
  });
});
