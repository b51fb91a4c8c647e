import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, until } from "@weighbridge/testing/parts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPage, type PageOptions } from "../src/browser.ts";
import { ADA, type House, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { axeComplaints, buildStatusPage, focused } from "../src/status-page.ts";

/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURES = process.env["PICTURES"] ? fileURLToPath(new URL("../../docs/pictures/", import.meta.url)) : undefined;
const BEN = { slug: "ben", name: "Ben" };
const REDIRECT = "http://localhost:8643/callback";

describeWith("Chromium and Mosquitto", isInstalled("chromium") && isInstalled("mosquitto"), () => {
  let browser: Browser;
  let house: House;
  let url: string;

  beforeAll(async () => {
    browser = await openBrowser();
    buildStatusPage();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    house = await makeHouse({ people: [ADA, BEN], generation: "public", config: { admin: { port } } });
    await rm(join(house.bridge.folder, "state", "grants", "ada.json"));
    await house.open("Ben");
  });
  afterAll(async () => {
    await browser.close();
    await house.close();
  });

  async function open(options?: PageOptions) {
    const watched = await openPage(browser, options);
    await watched.page.goto(url);
    await watched.page.locator("#consents").waitFor();
    return watched;
  }

  /** Agrees in the tab that the link opened. Resolves with the address that the tab is led to; nothing answers there. */
  async function agrees(page: Page, name: string): Promise<string> {
    const opened = page.context().waitForEvent("page");
    await page.getByRole("link", { name: /consent page|Zustimmungsseite|consentement/ }).click();
    const tab = await opened;
    await tab.getByLabel(name).check();
    const led = tab.waitForRequest((request) => request.url().startsWith(REDIRECT));
    await tab.getByRole("button", { name: "Allow" }).click();
    const address = (await led).url();
    await tab.close();
    return address;
  }

  describe("a person who has not consented", () => {
    test.each<readonly [PageOptions, string, RegExp]>([
      [{}, "Authorize Ada", /^It begins with http:\/\/localhost/],
      [{ locale: "de-DE", colorScheme: "dark" }, "Ada autorisieren", /^Sie beginnt mit/],
      [{ locale: "fr-FR", width: 390, height: 844 }, "Autoriser Ada", /^Elle commence par/],
    ])("stands on the page with a button and two steps, readable for all: %o", async (options, button, hint) => {
      const { page } = await open(options);
      expect(await axeComplaints(page)).toEqual([]);
      await page.getByRole("button", { name: button }).click();
      await page.getByText(hint).waitFor();
      expect(await axeComplaints(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")).toBe(false);
      const kind = options.colorScheme === "dark" ? "dark" : options.width === 390 ? "phone" : "light";
      if (process.env["LOOK"]) await page.screenshot({ path: `/tmp/consent-${kind}.png`, fullPage: true });
      if (PICTURES && kind === "light")
        await page.locator("#consents").screenshot({ path: `${PICTURES}authorize.png` });
    });

    test("is told what was pasted wrongly, and that somebody else agreed, and gets a fresh link each time", async () => {
      const { page } = await open();
      await page.getByRole("button", { name: "Authorize Ada" }).click();
      const field = page.getByLabel("Paste the address");
      const alert = page.locator(".consent .failure");
      const link = page.getByRole("link", { name: "Open the consent page" });
      const first = await link.getAttribute("href");
      await field.fill(first ?? "");
      await field.press("Enter");
      await alert.getByText("the address of the consent page itself").waitFor();
      await until(async () => (await link.getAttribute("href")) !== first);
      await field.fill(await agrees(page, "Ben"));
      await field.press("Enter");
      await alert.getByText("ben agreed", { exact: false }).waitFor();
      expect(await link.getAttribute("href")).toContain("/logout?");
      if (process.env["LOOK"]) await page.screenshot({ path: "/tmp/consent-wrong.png", fullPage: true });
    });

    test("consents with two steps, by keyboard, and is followed within seconds", async () => {
      const { page, complaints } = await open();
      await page.getByRole("button", { name: "Authorize Ada" }).press("Enter");
      const field = page.getByLabel("Paste the address");
      await field.fill(await agrees(page, "Ada"));
      await field.press("Tab");
      expect(await focused(page)).toEqual({ name: "Done", isVisible: true });
      await page.keyboard.press("Enter");
      await page.locator(".notice").getByText("Ada is authorized").waitFor();
      await page.locator(".person", { hasText: "Ada" }).waitFor({ timeout: 30_000 });
      await until(async () => (await page.locator("#consents").count()) === 0);
      // The bridge starts again with the newcomer: the page's stream breaks for a moment.
      expect(complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY/.test(text))).toEqual([]);
    });
  });
});
