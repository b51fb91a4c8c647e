import { fileURLToPath } from "node:url";
import { type Simulator, startSimulator } from "@weighbridge/simulator";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { boxOf, openBrowser, openPage, type PageOptions, type WatchedPage } from "../src/browser.ts";
import { ADA, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURE = process.env["PICTURES"]
  ? fileURLToPath(new URL("../../docs/pictures/virtual-scale.png", import.meta.url))
  : undefined;

describeWith("Chromium", isInstalled("chromium"), () => {
  let browser: Browser;
  let simulator: Simulator;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    simulator = await startSimulator();
    simulator.person("Ada", { heightM: 1.68 });
    simulator.person("Bea");
  });
  afterEach(async () => {
    await simulator.stop();
    expect(watched.complaints).toEqual([]);
    expect(watched.outside).toEqual([]);
  });

  async function open(options?: PageOptions) {
    watched = await openPage(browser, options);
    await watched.page.goto(simulator.pageUrl);
    await watched.page.getByText("Ada", { exact: true }).first().waitFor();
    return watched.page;
  }

  const lastOf = (name: string) => simulator.person(name).history.newest(1)[0];

  test("stepping on gives the chosen person the shown weight", async () => {
    const page = await open();
    await page.getByText("Bea", { exact: true }).click();
    await page.locator("#weight").fill("72.5");
    await page.locator("#step-on").click();
    await page.locator("#log").getByText("Bea measured 72.5 kg").waitFor();
    expect(lastOf("Bea")?.measures).toContainEqual({ type: 1, value: 72_500, unit: -3 });
    expect(lastOf("Ada")?.measures.some(({ type }) => type === 1)).toBe(false);
  });

  test("the scale reads in kg, lb and st", async () => {
    const page = await open();
    await page.locator("#weight").fill("80");
    const digits = page.locator("#digits");
    expect(await digits.textContent()).toBe("80.0");
    await page.getByText("lb", { exact: true }).click();
    expect(await digits.textContent()).toBe("176.4");
    await page.getByText("st", { exact: true }).click();
    expect(await digits.textContent()).toBe("12 st 8.4");
    expect(await page.evaluate('document.querySelector("#digits").getClientRects().length')).toBe(1);
    const [inner, plate] = [await boxOf(digits), await boxOf(page.locator(".plate"))];
    expect(inner.width).toBeLessThan(plate.width);
  });

  test("a weigh-in can be corrected and deleted, and refused words are shown", async () => {
    const page = await open();
    await page.getByText("Other things that happen").click();
    await page.getByText("Correct the last weigh-in to this weight").click();
    await page.getByText("Ada has not stepped on yet.").waitFor();
    await page.locator("#step-on").click();
    await page.locator("#log").getByText("Ada measured 80 kg").waitFor();
    await page.locator("#weight").fill("66");
    await page.getByText("Correct the last weigh-in to this weight").click();
    await page.locator("#log").getByText("Ada corrected").waitFor();
    await page.getByText("Delete the last weigh-in").click();
    await page.locator("#log").getByText("Ada deleted").waitFor();
    expect(lastOf("Ada")?.measures.some(({ type }) => type === 1)).toBe(false);
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)(
    "in %s at a width of %i, nothing is wider than the window and the button is in sight",
    async (colorScheme, width) => {
      const page = await open({ colorScheme, width });
      await page.locator("#step-on").click();
      expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
      const box = await page.locator("#step-on").boundingBox();
      expect(box && box.y + box.height).toBeLessThan(860);
    },
  );
});

describeWith("Chromium and Mosquitto", isInstalled("chromium") && isInstalled("mosquitto"), () => {
  test("a step on the virtual scale is heard at the broker, and the page tells the way", async () => {
    const house = await makeHouse({ people: [ADA] });
    const browser = await openBrowser();
    try {
      await house.open("Ada");
      const { page } = await openPage(browser, { width: 1180, height: 760 });
      await page.goto(house.simulator.pageUrl);
      await page.locator("#weight").fill("68.45");
      await page.locator("#step-on").click();
      const [event] = await house.listener.eventsOf("ada", 1);
      expect(event).toMatchObject({ event_type: "weigh_in", weight: 68.45 });
      await page
        .locator("#log")
        .getByText(/answered|told/i)
        .first()
        .waitFor();
      if (PICTURE !== undefined) await page.screenshot({ path: PICTURE });
    } finally {
      await browser.close();
      await house.close();
    }
  });
});
