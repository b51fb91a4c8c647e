import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paletteFolder, startNodeRed } from "@weighbridge/playground";
import { type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, until } from "@weighbridge/testing/parts";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openBrowser, openPage, recordAnswers } from "../src/browser.ts";
import { type FlowRoom, openFlowRoom } from "../src/flow-room.ts";
import { NodeRedEditor } from "../src/node-red-editor.ts";
import { nodeOf, redJsOf } from "../src/node-red-parts.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

/** Npm installs Node-RED and the packed nodes the first time. */
const INSTALL_MS = 300_000;
/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURES = process.env["PICTURES"] ? fileURLToPath(new URL("../../docs/pictures/", import.meta.url)) : undefined;
/** Of the password "weighbridge", as Node-RED's settings want it. */
const HASH = "$2b$08$kRSDpd.1Xg7iv3sFPKltq.KOUmRYbAPGkrBfP/BBjQ4HmYlztO9A6";

describeWith("Chromium", isInstalled("chromium"), () => {
  let browser: Browser;
  let packages: string[];

  beforeAll(async () => {
    packages = [await paletteFolder("palette-consent")];
    browser = await openBrowser();
  }, INSTALL_MS);
  afterAll(() => browser.close());

  const parts = async (nodeRed: "5" | "4.1") => {
    const pair = { nodeRed, node: "24" } as const;
    return { redJs: await redJsOf(pair), node: await nodeOf(pair), packages };
  };

  async function open(nodeRed: "5" | "4.1"): Promise<FlowRoom> {
    const room = await openFlowRoom(await parts(nodeRed));
    onTestFinished(() => room.close());
    return room;
  }

  describe("an account of today's API in the editor of Node-RED", () => {
    /** A weigh-in node with a new account, whose form is open and filled in. */
    async function filled(editor: NodeRedEditor, simulator: Simulator, redirectUrl: string) {
      const { page } = editor;
      const application = simulator.application({ redirectUrls: [redirectUrl] });
      const weighIn = await editor.drop("withings-weigh-in", { x: 160, y: 100 });
      const debug = await editor.drop("debug", { x: 400, y: 100 });
      await editor.wire(weighIn, debug);
      await editor.edit(weighIn);
      await editor.editAccount();
      expect(await page.inputValue("#node-config-input-redirecturl")).toBe(redirectUrl);
      await page.fill("#node-config-input-name", "Ada");
      await page.fill("#node-config-input-baseurl", simulator.url);
      await page.fill("#node-config-input-clientid", application.clientId);
      await page.fill("#node-config-input-clientsecret", application.clientSecret);
      return { application, weighIn };
    }

    const says = (page: Page, words: string) => page.locator("#withings-account-consent").getByText(words).waitFor();

    /** Presses Authorize, and agrees on the page that opens, as the person. */
    async function agree(page: Page, name: string): Promise<void> {
      const opened = page.context().waitForEvent("page");
      await page.click("#withings-account-authorize");
      const consent = await opened;
      await consent.getByLabel(name).check();
      await consent.getByRole("button", { name: "Allow" }).click();
      await consent.getByText(/You may close this window/).waitFor();
      await consent.close();
    }

    async function deployAndWeigh(editor: NodeRedEditor, simulator: Simulator, weighIn: string): Promise<void> {
      await editor.done();
      await editor.done();
      await editor.deploy();
      await editor.showsStatus(weighIn, /^polling/);
      simulator.person("Ada").weighsIn({ weight: 69.4 });
      await editor.edit(weighIn);
      await editor.cancel();
      await editor.showsStatus(weighIn, /polling|69\.4 kg/);
    }

    test.each(["5", "4.1"] as const)(
      "%s is authorized by a click, tested, deployed and signed out, and no page sees a token",
      async (nodeRed) => {
        const room = await open(nodeRed);
        room.simulator.person("Ben");
        const ada = room.simulator.person("Ada");
        const { page, complaints } = await openPage(browser, { width: 1360, height: 900 });
        const editor = new NodeRedEditor(page);
        await editor.open(room.nodeRed.url);
        const answers = recordAnswers(page);
        const { application, weighIn } = await filled(editor, room.simulator, `${room.nodeRed.url}/withings/oauth`);
        await says(page, "Nobody has consented yet");
        await agree(page, "Ada");
        await says(page, `Authorized: userid ${ada.userId}, may read user.info, user.metrics.`);
        await page.click("#withings-account-test");
        await page
          .locator("#withings-account-tested")
          .getByText(/^It works: the service answers for Ada/)
          .waitFor();
        await page.locator("#withings-row-generation").scrollIntoViewIfNeeded();
        if (PICTURES && nodeRed === "5") await page.screenshot({ path: `${PICTURES}node-red-consent.png` });
        await deployAndWeigh(editor, room.simulator, weighIn);
        const account = await page.evaluate<string>(`RED.nodes.node("${weighIn}").account`);
        const grant = JSON.parse(
          await readFile(join(room.nodeRed.options.userDir, "weighbridge", "grants", `${account}.json`), "utf8"),
        );

        // The consent of another person is named, and changes nothing.
        await editor.edit(weighIn);
        await editor.editAccount();
        await says(page, `Authorized: userid ${ada.userId}`);
        await agree(page, "Ben");
        await says(page, "the account belongs to somebody else so far. Nothing was stored.");
        expect(await page.locator("#withings-account-link a").getAttribute("href")).toContain("/logout?r=");
        await page.click("#withings-account-signout");
        await says(page, "Signed out");
        await editor.done();
        await editor.cancel();
        await editor.showsStatus(weighIn, /^not_authorized$/);

        const seen = [await page.content(), await answers.texts(), room.nodeRed.log].join();
        for (const secret of [grant.accessToken, grant.refreshToken, application.clientSecret])
          expect(seen).not.toContain(secret);
        expect(complaints).toEqual([]);
      },
      INSTALL_MS,
    );

    test(
      "takes a pasted address where the browser cannot come back",
      async () => {
        const room = await open("5");
        const ada = room.simulator.person("Ada");
        const { page, complaints } = await openPage(browser, { width: 1360, height: 900 });
        const editor = new NodeRedEditor(page);
        await editor.open(room.nodeRed.url);
        await filled(editor, room.simulator, `${room.nodeRed.url}/withings/oauth`);
        const application = room.simulator.application({ redirectUrls: ["http://localhost:9/nowhere"] });
        await page.fill("#node-config-input-redirecturl", "http://localhost:9/nowhere");
        await page.fill("#node-config-input-clientid", application.clientId);
        await page.fill("#node-config-input-clientsecret", application.clientSecret);
        const opened = page.context().waitForEvent("page");
        await page.click("#withings-account-authorize");
        const consent = await opened;
        const body = new URLSearchParams({ userid: String(ada.userId), decision: "allow" });
        await consent.waitForURL(/oauth2_user/);
        const answer = await fetch(consent.url(), { method: "POST", redirect: "manual", body });
        await page.fill("#withings-account-address", consent.url());
        await page.click("#withings-account-redeem");
        await says(page, "That is the address of the consent page itself.");
        await page.fill("#withings-account-address", answer.headers.get("location") ?? "");
        await page.click("#withings-account-redeem");
        await says(page, `Authorized: userid ${ada.userId}`);
        expect(complaints).toEqual([]);
      },
      INSTALL_MS,
    );

    test(
      "PUB-NODE-1: works with a log-in, with other roots, and behind a proxy",
      async () => {
        const users = [{ username: "admin", password: HASH, permissions: "*" }];
        const settings = {
          httpAdminRoot: "/admin",
          httpNodeRoot: "/endpoint",
          adminAuth: { type: "credentials", users },
        };
        const simulator = await startSimulator();
        onTestFinished(() => simulator.stop());
        const ada = simulator.person("Ada");
        const userDir = await mkdtemp(join(tmpdir(), "weighbridge-node-red-"));
        const nodeRed = await startNodeRed({ userDir, port: await freePort(), ...(await parts("5")), settings });
        onTestFinished(async () => {
          await nodeRed.stop();
          await rm(userDir, { recursive: true, force: true });
        });
        const proxy = await startProxy(Number(new URL(nodeRed.url).port));
        const { page, complaints } = await openPage(browser, { width: 1360, height: 900 });
        const editor = new NodeRedEditor(page);
        await page.goto(`${proxy}/admin/`, { waitUntil: "domcontentloaded" });
        await page.fill("#node-dialog-login-username", "admin");
        await page.fill("#node-dialog-login-password", "weighbridge");
        await page.click("#node-dialog-login-submit");
        await editor.isReady();
        // Before the log-in Node-RED itself is refused.
        const before = complaints.length;
        const { weighIn } = await filled(editor, simulator, `${proxy}/endpoint/withings/oauth`);
        await agree(page, "Ada");
        await says(page, `Authorized: userid ${ada.userId}`);
        await deployAndWeigh(editor, simulator, weighIn);
        for (const action of ["authorize", "redeem", "outcome", "grant", "signout"])
          expect((await fetch(`${proxy}/admin/withings-account/${action}`, { method: "POST" })).status).toBe(401);
        expect(complaints.slice(before)).toEqual([]);
      },
      INSTALL_MS,
    );
  });
});

/** Leads every connection on, under an address of its own. */
async function startProxy(port: number): Promise<string> {
  const server = createServer((socket) => {
    const target = connect(port, "127.0.0.1");
    socket.pipe(target).pipe(socket);
    for (const end of [socket, target]) end.on("error", () => end.destroy());
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  return until(() => {
    const address = server.address() as AddressInfo | null;
    return address === null ? undefined : `http://127.0.0.1:${address.port}`;
  });
}
