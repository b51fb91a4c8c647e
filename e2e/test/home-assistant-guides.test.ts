import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@weighbridge/testing/parts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BLUEPRINT_FILES, ofBlueprint, tell } from "../src/blueprints.ts";
import { openBrowser, openPage } from "../src/browser.ts";
import { weighbridge } from "../src/command.ts";
import { type HomeAssistant, isHomeAssistantInstalled, LOGIN, startHomeAssistant } from "../src/home-assistant.ts";
import { ADA, type House, type Inhabitant, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const BEN: Inhabitant = { slug: "ben", name: "Ben", weight_unit: "lb" };
/** Of the history before the install. */
const DAYS = 80;
const DAY_S = 86_400;
const TOLD = ["announced", "reached", "missed", "asked"] as const;
const DASHBOARD = new URL("../../deploy/home-assistant/dashboard.yaml", import.meta.url);

const AUTOMATIONS = [
  ofBlueprint("announce_the_weigh_in", {
    last_weigh_in: "sensor.ada_last_weigh_in",
    summary: "sensor.ada_summary",
    announced: "counter.last_announced",
    actions: tell("announced"),
  }),
  ofBlueprint("goal_reached", {
    weight: "sensor.ada_weight",
    target: "sensor.ada_target",
    reached: "input_boolean.ada_reached",
    actions: tell("reached"),
  }),
  ofBlueprint("nobody_weighed_in", {
    last_weigh_ins: ["sensor.ada_last_weigh_in"],
    days: 1,
    actions: tell("missed"),
  }),
  ofBlueprint("ask_whose_it_was", {
    held: "sensor.ada_held",
    asked: "counter.last_asked",
    notify_actions: ["script.phone"],
  }),
  ofBlueprint("poll_when_the_bathroom_moves", {
    motion: ["binary_sensor.bathroom"],
    sync: "button.ada_sync",
    wait: 0,
    again: 600,
  }),
];

/** In place of a phone: keeps what it was given. */
const PHONE = {
  mode: "queued",
  sequence: [
    {
      action: "input_text.set_value",
      target: { entity_id: "input_text.asked" },
      data: {
        value:
          "{{ ([title | default(''), message] + (data.actions | default([]) | map(attribute='title') | list) + (data.actions | default([]) | map(attribute='action') | list)) | join('; ') }}",
      },
    },
    { action: "counter.increment", target: { entity_id: "counter.asked" } },
  ],
};

describeWith("Home Assistant and Mosquitto", isHomeAssistantInstalled && isInstalled("mosquitto"), () => {
  let house: House;
  let home: HomeAssistant;
  let lastDate = 0;
  let registry: Server | undefined;

  /** In place of npm: names a newer version. */
  async function askedForUpdates() {
    const server = createServer((_, response) => void response.end('{"version":"99.0.0"}'));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    registry = server;
    return { update_check: true, registry_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  beforeAll(async () => {
    house = await makeHouse({
      people: [ADA, BEN],
      config: { home_assistant: { hold_s: 60, ...(await askedForUpdates()) } },
    });
    home = await startHomeAssistant({
      broker: { port: house.broker.port },
      automations: AUTOMATIONS,
      counters: [...TOLD, "last_announced", "last_asked"],
      sections: {
        input_text: Object.fromEntries(TOLD.map((name) => [name, { max: 255 }])),
        input_boolean: { ada_reached: null },
        script: { phone: PHONE },
        lovelace: {
          dashboards: {
            "scale-home": { mode: "yaml", filename: "dashboard.yaml", title: "Scale", show_in_sidebar: true },
          },
        },
      },
      files: { ...BLUEPRINT_FILES, "dashboard.yaml": DASHBOARD },
    });
    lastDate = house.simulator.clock.seconds() - 80_000;
    for (let day = DAYS; day >= 3; day--) {
      const noise = day === 3 ? 0 : ((day * 7_919) % 97) / 97 - 0.5;
      const weight = 68.7 + (day - 3) * 0.05 + noise;
      person().weighsIn({ weight: Number(weight.toFixed(2)), fatRatio: 22.4, at: lastDate - day * DAY_S });
    }
    person("Ben").weighsIn({ weight: 80, at: lastDate - 30 * DAY_S });
    await house.open("Ada", "Ben");
    await home.shows("sensor.ada_held", "0");
  });

  afterAll(async () => {
    await home?.remove();
    await house?.close();
    registry?.close();
  });

  const person = (name = "Ada") => house.person(name);
  function weighsIn(weight: number, more: { readonly attribution?: number } = {}) {
    lastDate += 600;
    return person().weighsIn({ weight, fatRatio: 22.4, at: lastDate, ...more });
  }
  const said = async (name: (typeof TOLD)[number]) => (await home.state(`input_text.${name}`))?.state;
  const press = (entity_id: string) => home.post("/api/services/button/press", { entity_id });
  const tapped = (action: string) => home.post("/api/events/mobile_app_notification_action", { action });

  test("every blueprint loads", async () => {
    const found = await home.command<Record<string, { error?: string }>>({
      type: "blueprint/list",
      domain: "automation",
    });
    expect(Object.keys(found)).toHaveLength(AUTOMATIONS.length);
    expect(Object.values(found).filter(({ error }) => error !== undefined)).toEqual([]);
    for (const { id } of AUTOMATIONS) await home.shows(`automation.${id}`, "on");
  });

  test("a newer version shows as an update that leads to its notes", async () => {
    const update = await home.shows("update.weighbridge_update", "on");
    expect(update.attributes).toMatchObject({ latest_version: "99.0.0", title: "Weighbridge" });
    expect(update.attributes["release_url"]).toMatch(/\/releases$/);
  });

  test("a weigh-in is announced once with its words, also an equal one", async () => {
    weighsIn(68.45);
    await home.shows("counter.announced", "1");
    expect(await said("announced")).toBe("Ada: 68.45 kg, -0.25 kg since the last time");
    weighsIn(68.45);
    await home.shows("counter.announced", "2");
    expect(await said("announced")).toBe("Ada: 68.45 kg, +0.00 kg since the last time");
  });

  test("a goal is announced when it is reached, and again only after it was left", async () => {
    await home.shows("counter.reached", "0");
    person().setsTarget({ weight: 68 });
    await home.shows("sensor.ada_target", "68");
    weighsIn(67.9);
    await home.shows("counter.reached", "1");
    expect(await said("reached")).toBe("Ada has reached the goal: 67.9 kg (target 68.0 kg)");
    weighsIn(68.5);
    await home.shows("sensor.ada_weight", "68.5");
    weighsIn(67.8);
    await home.shows("counter.announced", "5");
    await home.shows("counter.reached", "1");
    weighsIn(69.5);
    await home.shows("input_boolean.ada_reached", "off");
    weighsIn(68);
    await home.shows("counter.reached", "2");
  });

  test("that nobody weighed in is told of whoever has not for so many days", async () => {
    const look = () =>
      home.post("/api/services/automation/trigger", {
        entity_id: "automation.nobody_weighed_in",
        skip_condition: false,
      });
    await look();
    await home.shows("counter.missed", "0");
    await home.post("/api/states/sensor.ada_last_weigh_in", { state: isoOf(lastDate - 3 * DAY_S) });
    await look();
    await home.shows("counter.missed", "1");
    expect(await said("missed")).toMatch(/^No weigh-in for 3 days: /);
  });

  test("a doubtful weigh-in is asked about, and the answer is the one to what was asked, whatever came meanwhile", async () => {
    const asked = weighsIn(70, { attribution: 1 });
    await home.shows("counter.asked", "1");
    const [title, message, ...buttons] = ((await said("asked")) ?? "").split("; ");
    expect([title, message]).toEqual(["Ada, was that you?", expect.stringMatching(/^70(\.0)? kg, .* \(or Ben\)$/)]);
    const [yes, no] = ["claim", "refuse"].map((word) => `weighbridge_${word}_${asked.grpid}_ada`);
    expect(buttons).toEqual(["That was me", "Not me", yes, no]);
    const newer = weighsIn(84, { attribution: 1 });
    await home.shows("sensor.ada_held", "2");
    await tapped(yes as string);
    await home.shows("sensor.ada_weight", "70");
    const held = await home.shows("sensor.ada_held", "1");
    expect(held.attributes).toMatchObject({ weigh_in: newer.grpid, weight: 84, unit: "kg", others: ["Ben"] });
    await tapped(`weighbridge_refuse_${newer.grpid}_ada`);
    await home.shows("sensor.ada_held", "0");
    await home.shows("sensor.ada_weight", "70");
  });

  test("the buttons claim and refuse the newest held weigh-in, and are unavailable without one", async () => {
    await home.shows("button.ada_claim", "unavailable");
    await home.shows("button.ada_refuse", "unavailable");
    weighsIn(71, { attribution: 1 });
    weighsIn(85, { attribution: 1 });
    await home.shows("sensor.ada_held", "2");
    await press("button.ada_refuse");
    await home.shows("sensor.ada_held", "1");
    await press("button.ada_claim");
    await home.shows("sensor.ada_weight", "71");
    await home.shows("sensor.ada_held", "0");
    await home.shows("button.ada_claim", "unavailable");
  });

  test("a double tap on a button answers one weigh-in", async () => {
    const [older, newer] = [72, 73].map((weight) => {
      lastDate += 600;
      return person("Ben").weighsIn({ weight, attribution: 1, at: lastDate }).grpid;
    });
    await home.shows("sensor.ben_held", "2");
    const answers = () => house.listener.heard.filter(({ topic }) => topic === "weighbridge/bridge/response/refuse");
    const before = answers().length;
    await press("button.ben_refuse");
    await home.shows("sensor.ben_held", "1");
    await press("button.ben_refuse");
    await expect.poll(() => answers().length).toBe(before + 2);
    expect(JSON.parse(answers().at(-1)?.payload ?? "")).toMatchObject({
      error: { code: "pressed_twice", message: expect.stringContaining(String(newer)) },
    });
    await house.listener.publish(
      "weighbridge/bridge/request/refuse",
      JSON.stringify({ person: "ben", weigh_in: older }),
    );
    await home.shows("sensor.ben_held", "0");
  });

  test("somebody in the bathroom makes the bridge look", async () => {
    person().subscriptions.lose();
    weighsIn(70.5);
    await home.post("/api/states/binary_sensor.bathroom", { state: "off" });
    await home.post("/api/states/binary_sensor.bathroom", { state: "on" });
    await home.shows("sensor.ada_weight", "70.5");
    await house.listener.publish("weighbridge/bridge/request/subscription", "{}");
    await until(() => person().subscriptions.live.length > 0);
  });

  test("history from before the install stands in the statistics, in the unit of the entity, however often it is imported", async () => {
    const tokenFile = join(house.bridge.folder, "token");
    await writeFile(tokenFile, `${home.token}\n`);
    const run = (...more: string[]) =>
      weighbridge([
        "history",
        "-c",
        house.bridge.configFile,
        "--home-assistant",
        home.url,
        "--token-file",
        tokenFile,
        ...more,
      ]);
    const { code, out, err } = await run();
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`sensor.ada_weight: `);
    expect(out).toMatch(/^Done: \d+ hours of \d+ sensors\. A second run changes nothing\.$/m);
    const rows = async (id: string) => {
      const start_time = isoOf(lastDate - (DAYS + 2) * DAY_S);
      const found = await home.command<Record<string, { start: number; mean: number; min: number; max: number }[]>>({
        ...{ type: "recorder/statistics_during_period", start_time, end_time: isoOf(lastDate - 2 * DAY_S) },
        ...{ statistic_ids: [id], period: "hour" },
      });
      return found[id] ?? [];
    };
    const weights = await rows("sensor.ada_weight");
    expect(weights).toHaveLength(DAYS - 2);
    expect(weights.at(-1)).toMatchObject({ mean: 68.7, min: 68.7, max: 68.7 });
    expect(await rows("sensor.ada_trend")).toHaveLength(DAYS - 2);
    expect(await rows("sensor.ben_weight")).toMatchObject([{ mean: expect.closeTo(176.37, 2) }]);
    const units = await home.command<{ statistic_id: string; statistics_unit_of_measurement: string }[]>({
      type: "recorder/list_statistic_ids",
    });
    const unitOf = (id: string) => units.find((one) => one.statistic_id === id)?.statistics_unit_of_measurement;
    expect(["sensor.ada_weight", "sensor.ben_weight", "sensor.ada_fat_ratio"].map(unitOf)).toEqual(["kg", "lb", "%"]);
    const again = await run("--person", "ada", "--json");
    expect(JSON.parse(again.out).imported).toContainEqual(
      expect.objectContaining({ entity: "sensor.ada_weight", unit: "kg" }),
    );
    expect(await rows("sensor.ada_weight")).toEqual(weights);
    await writeFile(tokenFile, "wrong");
    const refused = await run();
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^Home Assistant refused the token\nMake a long-lived access token/);
  });

  test("the dashboard shows every card, without one that Home Assistant objects to", async () => {
    weighsIn(70.2, { attribution: 1 });
    await home.shows("sensor.ada_held", "1");
    const browser = await openBrowser();
    try {
      const { page } = await openPage(browser, { width: 1400, height: 1000 });
      await page.goto(`${home.url}/scale-home/ada`);
      await page.locator("input[name=username]").fill(LOGIN.username);
      await page.locator("input[name=password]").fill(LOGIN.password);
      await page.keyboard.press("Enter");
      const confirm = page.getByText("Confirm", { exact: true });
      await page.getByText("Latest weigh-in").first().waitFor();
      if (await confirm.isVisible()) {
        await confirm.click();
        await page.getByText("Revert", { exact: true }).waitFor({ state: "hidden" });
      }
      await page.getByText("That was me").first().waitFor();
      await page.getByText("70.50").first().waitFor();
      await page.locator("hui-statistics-graph-card canvas").first().waitFor();
      expect(await page.locator("hui-warning, hui-error-card, hui-warning-element").count()).toBe(0);
      if (process.env["PICTURES"])
        await page.screenshot({
          path: fileURLToPath(new URL("../../docs/pictures/home-assistant-dashboard.png", import.meta.url)),
        });
      await page.locator("hui-tile-card").filter({ hasText: "Not me" }).click();
      await home.shows("sensor.ada_held", "0");
    } finally {
      await browser.close();
    }
  });

  test("a weigh-in that came while Home Assistant was away is announced after its start, and none twice", async () => {
    const before = Number((await home.state("counter.announced"))?.state);
    const asked = Number((await home.state("counter.asked"))?.state);
    await home.stop();
    weighsIn(70.5);
    await until(() => house.listener.lastJson("weighbridge/people/ada/state")?.["last_weigh_in"] === isoOf(lastDate));
    await home.start();
    await home.shows("counter.announced", String(before + 1));
    await house.bridge.end("SIGKILL");
    weighsIn(70.4);
    await house.open("Ada");
    await home.shows("counter.announced", String(before + 2));
    await home.shows("counter.asked", String(asked));
    await home.shows("counter.reached", "2");
  });

  test("an excluded measure and a check that is switched off lose their entities, and a measure gets it again", async () => {
    expect((await home.entities()).map(({ entity_id }) => entity_id)).toContain("sensor.ada_fat_ratio");
    const has = async (id: string) => (await home.entities()).some(({ entity_id }) => entity_id === id);
    await house.bridge.end("SIGTERM");
    await house.inhabit([{ ...ADA, exclude: ["fat_ratio", "heart_pulse"] }, BEN]);
    await house.open("Ada");
    await until(async () => !(await has("sensor.ada_fat_ratio")));
    // That configuration asks for no updates either.
    await until(async () => !(await has("update.weighbridge_update")));
    await home.shows("sensor.ada_weight", "70.4");
    await house.bridge.end("SIGTERM");
    await house.inhabit([ADA, BEN]);
    await house.open("Ada");
    await home.shows("sensor.ada_fat_ratio", "22.4");
  });

  test("nothing was objected to: neither by the MQTT integration nor by an automation", () => {
    const objected = home.log
      .split("\n")
      .filter((line) => /(WARNING|ERROR).*(mqtt|automation|script|blueprint|template|recorder|statistic)/i.test(line));
    expect(objected).toEqual([]);
  });
});

const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString();
