import { fileURLToPath } from "node:url";
import { paletteFolder, readExamples } from "@weighbridge/playground";
import { until } from "@weighbridge/testing/parts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage } from "../src/browser.ts";
import { type FlowRoom, openFlowRoom } from "../src/flow-room.ts";
import { showSheet } from "../src/flow-sheet.ts";
import { NodeRedEditor } from "../src/node-red-editor.ts";
import { dashboardFolder } from "../src/node-red-parts.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const INSTALL_MS = 300_000;
const DAY_S = 86_400;
const DAYS = 84;
/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURES = process.env["PICTURES"] ? fileURLToPath(new URL("../../docs/pictures/", import.meta.url)) : undefined;

/** How many pixels of the chart are neither empty nor of its commonest colour. */
const DRAWN = `(() => {
  const canvas = document.querySelector("canvas");
  if (!canvas || canvas.width === 0) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) drawn++;
  return drawn;
})()`;

describeWith("Chromium", isInstalled("chromium"), () => {
  let browser: Browser;
  let room: FlowRoom;

  beforeAll(async () => {
    room = await openFlowRoom({ packages: [await paletteFolder("palette-with-dashboard"), await dashboardFolder()] });
    browser = await openBrowser();
  }, INSTALL_MS);
  afterAll(async () => {
    await browser.close();
    await room.close();
  });

  test("the chart's example draws the past, and grows with a weigh-in", async () => {
    const ada = room.person("ada");
    const now = room.simulator.clock.seconds();
    for (let day = DAYS; day >= 2; day -= 2) {
      const weight = Math.round((67 + day / 28 + Math.sin(day) / 3) * 10) / 10;
      ada.weighsIn({ weight, at: now - day * DAY_S });
    }
    const example = readExamples().find(({ name }) => name === "dashboard-chart");
    await room.deploy(room.fill(example?.nodes ?? [], ada), ada);
    const { page, complaints } = await openPage(browser, { width: 1100, height: 640 });
    await page.goto(`${room.nodeRed.url}/dashboard`);
    const drawn = () => page.evaluate(DRAWN) as Promise<number>;
    const past = await until(async () => (await drawn()) > 2_000 && drawn());
    ada.weighsIn({ weight: 71.5 });
    await until(async () => (await drawn()) !== past);
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}node-red-dashboard.png` });
    expect(complaints).toEqual([]);
  });

  test.runIf(PICTURES)("the picture of the examples is taken", async () => {
    const ada = room.person("ada");
    // A weigh-in of the second in which an account is added is news.
    const last = ada.history.newest(1)[0]?.date ?? 0;
    await until(() => room.simulator.clock.seconds() > last);
    const flow = readExamples().flatMap(({ nodes }) => room.fill(nodes, ada));
    await room.deploy(flow, ada);
    const { page } = await openPage(browser, { width: 1900, height: 900 });
    await new NodeRedEditor(page).open(room.nodeRed.url);
    const tabs = flow.filter(({ type }) => type === "tab");
    await showSheet(
      page,
      tabs.map(({ id, label }) => ({ id, label: String(label) })),
    );
    await page.setViewportSize({ width: 1100, height: 900 });
    await page.screenshot({ path: `${PICTURES}node-red-examples.png`, fullPage: true });
  });
});
