import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { until } from "@weighbridge/testing/parts";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { openBrowser, openPage } from "../src/browser.ts";
import { type HomeAssistant, isHomeAssistantInstalled, LOGIN, startHomeAssistant } from "../src/home-assistant.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const path = (below: string) => fileURLToPath(new URL(`../../${below}`, import.meta.url));
const GUIDE = readFileSync(path("docs/quick-start.md"), "utf8");
type Yaml = Readonly<Record<string, unknown>>;

const yamlIn = (page: string): Yaml[] =>
  [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => parse(text));

const [AUTOMATION = {}] = yamlIn(GUIDE);
const HOW_TO = yamlIn(readFileSync(path("docs/how-to/home-assistant.md"), "utf8"));

interface Notification {
  readonly title: string;
  readonly message: string;
}

describeWith("Home Assistant and Chromium", isHomeAssistantInstalled && isInstalled("chromium"), () => {
  let demo: ChildProcess;
  let told = "";
  let home: HomeAssistant;
  let scale: Page;

  beforeAll(async () => {
    const command = ["--conditions=@weighbridge/source", "packages/demo/src/cli.ts"];
    demo = spawn(process.execPath, command, { cwd: path("."), stdio: ["ignore", "pipe", "inherit"] });
    demo.stdout?.on("data", (chunk: Buffer) => {
      told += chunk.toString();
    });
    await until(() => told.includes("Now it is your turn"), 60_000);
    const port = Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(told)?.[1]);
    home = await startHomeAssistant({ broker: { port, protocol: "3.1.1" } });
  });

  afterAll(async () => {
    await home?.remove();
    if (demo.exitCode !== null) return;
    const ended = once(demo, "exit");
    demo.kill("SIGTERM");
    await ended;
  });

  const notifications = async (): Promise<readonly string[]> => {
    const all = await home.command<Notification[]>({ type: "persistent_notification/get" });
    return all.filter(({ title }) => title === "Ada stepped on the scale").map(({ message }) => message);
  };

  test("the guide quotes what the demo says", () => {
    const quoted = /```\n( {2}Virtual scale[\s\S]*?)```/.exec(GUIDE)?.[1] ?? "";
    const lines = (text: string) => text.replaceAll(/:\d{4,5}/g, ":port").split("\n");
    expect(lines(told)).toEqual(expect.arrayContaining(lines(quoted)));
  });

  test("the guide's automation says the weight at each step on the virtual scale, also at an equal one", async () => {
    await until(() => home.state("event.ada_weigh_in"));
    await home.post("/api/config/automation/config/quick_start", AUTOMATION);
    await until(async () => (await home.state("automation.say_the_weight"))?.state === "on");
    const browser = await openBrowser();
    try {
      scale = (await openPage(browser)).page;
      await scale.goto(/Virtual scale\s+(\S+)/.exec(told)?.[1] ?? "");
      await scale.getByText("Ada", { exact: true }).first().click();
      await scale.locator("#weight").fill("68.2");
      await scale.locator("#step-on").click();
      await until(async () => (await notifications()).length === 1);
      await scale.locator("#step-on").click();
      await until(async () => (await notifications()).length === 2);
      expect(await notifications()).toEqual([
        "68.2 kg, -0.25 since the last time",
        "68.2 kg, +0.00 since the last time",
      ]);
      if (process.env["PICTURES"]) {
        const ada = (await home.devices()).find(({ name }) => name === "Ada");
        await takePicture((await openPage(browser, { width: 1180, height: 640 })).page, home.url, ada?.id);
      }
    } finally {
      await browser.close();
    }
  });

  test.each(HOW_TO.filter(({ triggers }) => triggers))(
    "Home Assistant takes the automation $alias",
    async (automation) => {
      const { triggers, conditions = [], actions } = automation;
      const judged = await home.command({ type: "validate_config", triggers, conditions, actions });
      const good = { valid: true, error: null };
      expect(judged).toEqual({ triggers: good, conditions: good, actions: good });
    },
  );

  test("every entity that the how-to names is there", async () => {
    const known = (await home.entities()).map(({ entity_id }) => entity_id);
    const named = JSON.stringify(HOW_TO).match(/\b(?:sensor|binary_sensor|event|button)\.ada_\w+/g) ?? [];
    expect(known).toEqual(expect.arrayContaining(named));
    expect(named.length).toBeGreaterThan(5);
  });
});

/** The notifications, before Ada's device. */
async function takePicture(page: Page, url: string, deviceId: string | undefined): Promise<void> {
  await page.goto(`${url}/config/devices/device/${deviceId}`);
  await page.locator("input[name=username]").fill(LOGIN.username);
  await page.locator("input[name=password]").fill(LOGIN.password);
  await page.keyboard.press("Enter");
  await page.getByText("Fat ratio").first().waitFor();
  // It asks about the port that the test gave it.
  await page.getByText("Confirm", { exact: true }).click();
  await page.getByText("Confirm", { exact: true }).waitFor({ state: "hidden" });
  await page.getByText("Notifications", { exact: true }).click();
  await page.getByText("Ada stepped on the scale").first().waitFor();
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: path("docs/pictures/quick-start.png") });
}
