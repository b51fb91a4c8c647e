import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { freePort } from "@weighbridge/testing/parts";
import axe from "axe-core";
import type { Locator, Page } from "playwright-core";
import { boxOf } from "./browser.ts";
import { type House, type Inhabitant, makeHouse } from "./house.ts";

const BUILD = fileURLToPath(new URL("../../packages/mqtt-bridge/scripts/page.ts", import.meta.url));
const DAY_S = 86_400;

/** A house whose bridge serves the status page, built from the sources. */
export interface ServedHouse {
  readonly house: House;
  readonly url: string;
}

export interface ServedOptions {
  readonly people: readonly Inhabitant[];
  readonly admin?: object;
  /** Days of weigh-ins before the bridge starts, of everybody. */
  readonly days?: number;
}

/** Starts everything; resolves when everybody is followed. */
export async function serveHouse({ people, admin = {}, days = 0 }: ServedOptions): Promise<ServedHouse> {
  buildStatusPage();
  const port = await freePort();
  const house = await makeHouse({ people, config: { admin: { port, ...admin } } });
  for (const [index, { name }] of people.entries()) livesFor(house, name, index, days);
  await house.open(...people.map(({ name }) => name));
  return { house, url: `http://127.0.0.1:${port}/` };
}

/** The page that the bridge serves from the sources. */
export function buildStatusPage(): void {
  execFileSync(process.execPath, ["--conditions=@weighbridge/source", BUILD]);
}

/** A weight that falls slowly and wavers, the same in each run. */
function livesFor(house: House, name: string, index: number, days: number): void {
  const person = house.person(name);
  const now = house.simulator.clock.seconds();
  if (days > 0) person.setsTarget({ weight: 67.5 + index * 9, at: now - days * DAY_S });
  for (let day = days; day > 0; day -= 1) {
    // Days without a weigh-in make a history like that of a real person.
    if ((day * 7 + index) % 5 === 0) continue;
    const weight = 68 + index * 9 + day / 90 + Math.sin(day / 11 + index) * 0.6 + Math.sin(day * 12.9) * 0.25;
    person.weighsIn({
      weight: Math.round(weight * 20) / 20,
      fatRatio: Math.round((22 + index + day / 200) * 10) / 10,
      muscleMass: Math.round((weight - 18) * 100) / 100,
      at: now - day * DAY_S + ((day * 977) % 3_000),
    });
  }
}

/** What axe finds against the rules of WCAG and good practice, contrast among them, in one line each. */
export async function axeComplaints(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** The element with the focus, in words: what it is called, and whether a person sees that it has the focus. */
export const focused = (page: Page): Promise<{ readonly name: string; readonly isVisible: boolean }> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.firstChild.textContent ?? element.textContent;
    return { name: label.trim(), isVisible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
  })()`);

/** A finger from a third of an element to two thirds. */
export async function swipeAcross(page: Page, over: Locator): Promise<void> {
  await over.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await boxOf(over);
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", share?: number) =>
    devtools.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: share === undefined ? [] : [{ x: x + width * share, y: y + height / 2 }],
    });
  await touch("touchStart", 0.33);
  for (const share of [0.4, 0.5, 0.6, 0.66]) await touch("touchMove", share);
  await touch("touchEnd");
}

/** Serves another server's root below a path, as the ingress of Home Assistant does. */
export async function startPathProxy(path: string, target: string) {
  const server = createServer((message, response) => {
    const { method, headers, url = "" } = message;
    if (!url.startsWith(path)) {
      response.writeHead(404).end();
      return;
    }
    const { host } = new URL(target);
    const { origin: _origin, ...passed } = headers;
    const asked = request(
      new URL(url.slice(path.length), target),
      { method, headers: { ...passed, host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    message.pipe(asked);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
