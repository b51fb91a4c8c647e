import { fileURLToPath } from "node:url";
import { until } from "@weighbridge/testing/parts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boxOf, openBrowser, openPage, type PageOptions, type WatchedPage } from "../src/browser.ts";
import { ADA } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import {
  axeComplaints,
  focused,
  type ServedHouse,
  serveHouse,
  startPathProxy,
  swipeAcross,
} from "../src/status-page.ts";

/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURES = process.env["PICTURES"] ? fileURLToPath(new URL("../../docs/pictures/", import.meta.url)) : undefined;
const BEN = { slug: "ben", name: "Ben" };
const CLEO = { slug: "cleo", name: "Cleo", weight_unit: "st" as const };
const TOKEN = "a-token-of-the-test";
const AMBIGUOUS = 1;

/** Nothing but this machine was asked, and the browser has nothing to complain of. */
function expectQuiet({ complaints, outside }: WatchedPage): void {
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
}

const isWiderThanWindow = (page: Page) => page.evaluate("document.documentElement.scrollWidth > window.innerWidth");

describeWith("Chromium and Mosquitto", isInstalled("chromium") && isInstalled("mosquitto"), () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  describe("the status page of a household", () => {
    let served: ServedHouse;

    beforeAll(async () => {
      served = await serveHouse({ people: [ADA, BEN, CLEO], days: 400 });
    });
    afterAll(() => served.house.close());

    async function open(options?: PageOptions) {
      const watched = await openPage(browser, options);
      await watched.page.goto(served.url);
      await watched.page.locator(".chip.good").first().waitFor();
      return watched;
    }
    const row = (page: Page, name: string) => page.locator(".person", { hasText: name });

    test("it says first that all is well, then who is followed, with the history of the first", async () => {
      const watched = await open();
      const { page } = watched;
      expect(await page.locator("h2").first().textContent()).toBe("All is well");
      expect(await page.locator(".person strong:first-child").allTextContents()).toEqual(
        expect.arrayContaining(["Ada", "Ben", "Cleo"]),
      );
      expect(await row(page, "Cleo").textContent()).toMatch(/\d+\sst \d+\.\d\slb/);
      await page.getByRole("img", { name: /^Weight from .* values, first .* kg, last .* kg/ }).waitFor();
      await page.locator(".plot canvas").waitFor();
      expect(await axeComplaints(page)).toEqual([]);
      expectQuiet(watched);
    });

    test("a weigh-in appears by itself, in the list, in words and in what happened", async () => {
      const watched = await open();
      const { page } = watched;
      await page.evaluate("window.isSamePage = true");
      served.house.person("Ada").weighsIn({ weight: 68.35, fatRatio: 22.1 });
      await row(page, "Ada").getByText("68.35 kg").waitFor();
      await page.locator(".summary", { hasText: "68.35 kg" }).getByText("now").waitFor();
      await page.locator(".log li.event", { hasText: "Ada" }).getByText("Weigh-in 68.35 kg").waitFor();
      await page.locator(".log li.callback").first().waitFor();
      expect(await page.locator('.log [aria-live="polite"]').textContent()).toMatch(/^Ada Weigh-in 68\.35\skg$/);
      expect(await page.evaluate("window.isSamePage")).toBe(true);
      expectQuiet(watched);
    });

    test("a held weigh-in is claimed for one and refused for another", async () => {
      const watched = await open();
      const { page } = watched;
      served.house.person("Ben").weighsIn({ weight: 75.5, attribution: AMBIGUOUS });
      const held = page.getByRole("region", { name: "Whose weigh-in is this?" });
      await held.getByText("75.5 kg").waitFor();
      await held.getByText("Ada last weighed").waitFor();
      await held.getByRole("button", { name: "It is Ben's" }).click();
      await page.getByText("75.5 kg is Ben's now.").waitFor();
      await held.waitFor({ state: "detached" });
      await row(page, "Ben").getByText("75.5 kg").waitFor();

      served.house.person("Ben").weighsIn({ weight: 69.05, attribution: AMBIGUOUS });
      await held.getByRole("button", { name: "Not Ben's" }).click();
      await page.getByText("69.05 kg is not Ben's.").waitFor();
      await held.waitFor({ state: "detached" });
      expect(await row(page, "Ben").textContent()).toContain("75.5");
      expectQuiet(watched);
    });

    test("the chart zooms by a drag, by buttons and back by Escape, and shows other measures and a table", async () => {
      const watched = await open();
      const { page } = watched;
      const month = page.getByRole("button", { name: "Month" });
      const chart = page.locator(".plot");
      await page.getByRole("button", { name: "Year" }).click();
      const countOf = async () =>
        Number(/: ([\d,]+) values/.exec((await chart.getAttribute("aria-label")) ?? "")?.[1] ?? Number.NaN);
      await until(async () => (await countOf()) > 200);
      await chart.scrollIntoViewIfNeeded();
      const { x, y, width, height } = await boxOf(page.locator(".u-over"));
      await page.mouse.move(x + width * 0.4, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 });
      await page.mouse.up();
      await until(async () => (await countOf()) < 100);
      expect(await page.getByRole("button", { name: "Year" }).getAttribute("aria-pressed")).toBe("false");
      await page.keyboard.press("Escape");
      await until(async () => (await countOf()) > 200);

      await page.getByRole("button", { name: "Zoom in" }).click();
      await until(async () => (await countOf()) < 200);
      await month.click();
      expect(await month.getAttribute("aria-pressed")).toBe("true");

      await page.getByLabel("Measure").selectOption({ label: "Body fat" });
      await page.getByRole("img", { name: /^Body fat from/ }).waitFor();
      await page.getByText("Show as a table").click();
      const table = page.getByRole("region", { name: "Body fat of Ada" });
      await table.locator("tbody tr").first().waitFor();
      expect(await table.locator("tbody tr").count()).toBe(await countOf());
      expect(await table.locator("tbody td.number").first().textContent()).toMatch(/^\d\d(\.\d)?\s%$/);
      expectQuiet(watched);
    });

    test("sync now and the check of a subscription are said to have been asked for", async () => {
      const watched = await open();
      const { page } = watched;
      await page.getByRole("button", { name: "Sync everybody now" }).click();
      await page.getByRole("status").getByText("Asking the service for everybody's news.").waitFor();
      await page.getByRole("button", { name: "Sync now" }).click();
      await page.getByText("Ada: asking the service for news.").waitFor();
      await page.getByRole("button", { name: "Check the subscription" }).click();
      await page.getByText("Ada: the subscription is being checked.").waitFor();
      expect(await page.getByLabel("Log level").inputValue()).toBe("info");
      await page.getByLabel("Log level").selectOption("debug");
      await page.getByText("The log level is debug now.").waitFor();
      expectQuiet(watched);
    });

    test("on a phone a person opens over the page, a finger zooms the chart, and Escape goes back to where one was", async () => {
      const watched = await open({ width: 360, height: 740, colorScheme: "dark" });
      const { page } = watched;
      expect(await isWiderThanWindow(page)).toBe(false);
      expect(await axeComplaints(page)).toEqual([]);
      await row(page, "Ben").focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Ben" });
      await dialog.locator(".plot canvas").waitFor();
      expect(await page.evaluate("document.querySelector('dialog').scrollWidth <= 360")).toBe(true);
      const whole = await dialog.locator(".plot").getAttribute("aria-label");
      await swipeAcross(page, dialog.locator(".u-over"));
      await until(async () => (await dialog.locator(".plot").getAttribute("aria-label")) !== whole);
      expect(await axeComplaints(page)).toEqual([]);
      // The first shows the whole span again.
      await page.keyboard.press("Escape");
      await until(async () => (await dialog.locator(".plot").getAttribute("aria-label")) === whole);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect((await focused(page)).name).toContain("Ben");
      expectQuiet(watched);
    });

    test("the keyboard reaches everything in the order of the page, and the focus is always seen", async () => {
      const watched = await open();
      const { page } = watched;
      await page.locator(".plot canvas").waitFor();
      const seen: string[] = [];
      for (let step = 0; step < 24; step += 1) {
        await page.keyboard.press("Tab");
        const { name, isVisible } = await focused(page);
        expect([name, isVisible]).toEqual([name, true]);
        seen.push(name);
      }
      const order = [
        "Skip to the people",
        "Language",
        "Sync everybody now",
        "Sync now",
        "Measure",
        "Week",
        "Show as a table",
      ];
      expect(seen.filter((name) => order.includes(name))).toEqual(order);
      expectQuiet(watched);
    });

    test.each([
      ["de-DE", "Alles in Ordnung", "Personen", /\d,\d+\skg/],
      ["fr-FR", "Tout va bien", "Personnes", /\d,\d+\skg/],
    ] as const)("a browser in %s is answered in its language", async (locale, well, people, weight) => {
      const watched = await open({ locale });
      const { page } = watched;
      await page.getByRole("heading", { name: well }).waitFor();
      await page.getByRole("heading", { name: people, exact: true }).waitFor();
      expect(await row(page, "Ada").textContent()).toMatch(weight);
      expect(await page.getAttribute("html", "lang")).toBe(locale.slice(0, 2));
      expect(await axeComplaints(page)).toEqual([]);
      await page.locator("header select").selectOption("en");
      await page.getByRole("heading", { name: "All is well" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "All is well" }).waitFor();
      expectQuiet(watched);
    });

    test("it works below the path of a proxy, as in Home Assistant", async () => {
      const proxy = await startPathProxy("/api/hassio_ingress/abc/", served.url);
      try {
        const watched = await openPage(browser);
        const { page } = watched;
        await page.goto(proxy.url);
        await page.locator(".chip.good").first().waitFor();
        await page.locator(".plot canvas").waitFor();
        await page.getByRole("button", { name: "Sync now" }).click();
        await page.getByText("Ada: asking the service for news.").waitFor();
        expectQuiet(watched);
      } finally {
        proxy.stop();
      }
    });

    test("a thousand people are listed bit by bit, and found by name", async () => {
      const watched = await openPage(browser);
      const { page } = watched;
      await page.route("**/api/status", async (route) => {
        const status = await (await route.fetch()).json();
        const [ada] = status.people;
        status.people = Array.from({ length: 1_000 }, (_, index) => ({
          ...ada,
          ...{ slug: `person-${index}`, name: `Person ${index}` },
        }));
        await route.fulfill({ json: status });
      });
      await page.goto(served.url);
      await page.getByText("1,000 people", { exact: true }).waitFor();
      expect(await page.locator(".person").count()).toBeLessThan(100);
      await page.getByLabel("Search people").fill("person 99");
      await page.getByText("11 people found").waitFor();
      expect(await page.locator(".person").count()).toBe(11);
      await page.getByLabel("Search people").fill("nobody");
      await page.getByText("Nobody is called “nobody”.").waitFor();
    });

    test("the broker's end is told with what to do, and its return, too", async () => {
      const watched = await open();
      const { page } = watched;
      await served.house.broker.stop();
      await page.getByRole("heading", { name: "One thing needs attention" }).waitFor();
      await page.getByText("Nothing is lost").waitFor();
      await served.house.broker.start();
      await page.getByRole("heading", { name: "All is well" }).waitFor();
      expectQuiet(watched);
    });

    test("the page reconnects to a bridge that was started again", async () => {
      const { page } = await open();
      await served.house.bridge.end("SIGTERM");
      await page.getByText("Reconnecting …").waitFor();
      served.house.bridge.start();
      await page.getByText("Live", { exact: true }).waitFor();
      served.house.person("Ada").weighsIn({ weight: 68.15, fatRatio: 22 });
      await row(page, "Ada").getByText("68.15 kg").waitFor();
    });

    test.runIf(PICTURES)("pictures", async () => {
      served.house.person("Ada").weighsIn({ weight: 68.1, fatRatio: 22.1 });
      served.house.person("Cleo").weighsIn({ weight: 85.4, attribution: AMBIGUOUS });
      for (const [colorScheme, file] of [
        ["light", "status-page.png"],
        ["dark", "status-page-dark.png"],
      ] as const) {
        const { page } = await open({ colorScheme, width: 1180, height: 1180 });
        await page.locator(".held li").waitFor();
        await page.locator(".plot canvas").waitFor();
        await page.getByRole("button", { name: "Year" }).click();
        await page.getByRole("img", { name: /2\d\d values/ }).waitFor();
        await page.mouse.move(0, 0);
        await page.screenshot({ path: `${PICTURES}${file}` });
      }
    });
  });

  describe("the status page of a bridge with a token", () => {
    let served: ServedHouse;

    beforeAll(async () => {
      served = await serveHouse({ people: [ADA], admin: { token: TOKEN } });
    });
    afterAll(() => served.house.close());

    test("a wrong token is refused in words, the right one opens the page and stays in the browser", async () => {
      const watched = await openPage(browser);
      const { page, outside } = watched;
      await page.goto(served.url);
      await page.getByLabel("Token").fill("not-the-token-of-it");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("This is not the bridge's token.").waitFor();
      expect(await axeComplaints(page)).toEqual([]);
      await page.getByLabel("Token").fill(TOKEN);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "All is well" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "All is well" }).waitFor();
      await page.getByRole("button", { name: "Sync now" }).click();
      await page.getByText("Ada: asking the service for news.").waitFor();
      expect(await page.evaluate("document.cookie")).toBe("");
      expect(outside).toEqual([]);
    });

    test("a person's problem stands first with what to do, in the language of the page", async () => {
      const { page, outside } = await openPage(browser, { locale: "de-DE" });
      await page.goto(served.url);
      await page.getByLabel("Token").fill(TOKEN);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Alles in Ordnung" }).waitFor();
      served.house.person("Ada").stopsSharing();
      await page.getByRole("button", { name: "Jetzt alle abfragen" }).click();
      await page.getByRole("heading", { name: "Eine Sache braucht Aufmerksamkeit" }).waitFor();
      const problem = page.locator(".problems li");
      expect(await problem.getByRole("heading").textContent()).toBe("Ada · Konto not_shared");
      await problem.getByText("Teilen einschalten und den neuen publickey eintragen.").waitFor();
      await problem.getByText("Meldung der Bridge").click();
      await problem.locator('[lang="en"]').waitFor();
      await page.locator(".person").getByText("Problem").waitFor();
      expect(await page.title()).toBe("(1) Weighbridge");
      expect(await axeComplaints(page)).toEqual([]);
      expect(outside).toEqual([]);
    });
  });
});
