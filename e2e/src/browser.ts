import { until } from "@weighbridge/testing/parts";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const CHROMIUM = "/usr/bin/chromium";
/** Quiet: a browser by itself calls home, which a test of outside requests would see. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  readonly locale?: string;
}

/** A page whose complaints and requests are remembered. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors, page errors, failed requests. */
  readonly complaints: readonly string[];
  /** Requests to anything but this machine. */
  readonly outside: readonly string[];
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });

export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = 1280, height = 860, colorScheme = "light", locale = "en-GB" } = options;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, locale });
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1[:/]|ws:\/\/127\.0\.0\.1[:/]|data:|blob:)/.test(request.url()))
      outside.push(request.url());
  });
  onTestFinished(() => page.close());
  return { page, complaints, outside };
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`not in sight: ${locator}`);
  return box;
}

/** Resolves when what slid into the page has stopped. */
export async function isStill(locator: Locator): Promise<void> {
  let before = "";
  await until(async () => {
    const now = JSON.stringify(await boxOf(locator));
    const hasStopped = now === before;
    before = now;
    return hasStopped;
  });
}

/** Everything that the page is told: answers of this machine with text in them, and what its sockets hear. */
export function recordAnswers(page: Page): { readonly texts: () => Promise<string> } {
  const heard: Promise<string>[] = [];
  page.on("response", (response) => {
    const isText = /json|text\/(plain|html)/.test(response.headers()["content-type"] ?? "");
    if (isText)
      heard.push(
        response.text().then(
          (text) => text,
          () => "",
        ),
      );
  });
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => heard.push(Promise.resolve(String(payload)))),
  );
  return { texts: async () => (await Promise.all(heard)).join("\n") };
}
