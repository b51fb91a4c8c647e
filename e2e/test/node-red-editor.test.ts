import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paletteFolder } from "@weighbridge/playground";
import { until } from "@weighbridge/testing/parts";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPage, type PageOptions, recordAnswers } from "../src/browser.ts";
import { type FlowRoom, openFlowRoom } from "../src/flow-room.ts";
import { NodeRedEditor } from "../src/node-red-editor.ts";
import { catalogueOf, HEADINGS, UNTRANSLATED } from "../src/node-red-editor-texts.ts";
import { nodeOf, redJsOf } from "../src/node-red-parts.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

/** Npm installs Node-RED and the packed nodes the first time. */
const INSTALL_MS = 300_000;
const DRAGGED = ["withings-getmeas", "withings-user", "withings-notify", "withings-weigh-in"] as const;
const PASSWORD = "correct horse";
const LOGIN = "ada@example.org";
/** Made anew only where asked for: a picture is a file of the repository. */
const PICTURES = process.env["PICTURES"] ? fileURLToPath(new URL("../../docs/pictures/", import.meta.url)) : undefined;

describeWith("Chromium", isInstalled("chromium"), () => {
  let browser: Browser;
  let packages: string[];

  beforeAll(async () => {
    packages = [await paletteFolder("palette-in-editor")];
    browser = await openBrowser();
  }, INSTALL_MS);
  afterAll(() => browser.close());

  describe.each(["5", "4.1"] as const)("the editor of Node-RED %s", (nodeRed) => {
    let room: FlowRoom;

    beforeAll(async () => {
      const pair = { nodeRed, node: "24" } as const;
      room = await openFlowRoom({ redJs: await redJsOf(pair), node: await nodeOf(pair), packages });
      const { simulator } = room;
      const account = { email: LOGIN, password: PASSWORD };
      const ada = simulator.person("Ada", { ...account, firstName: "Ada", lastName: "Byron" });
      simulator.person("Ben", { ...account, firstName: "Ben", lastName: "Byron", isSharing: false });
      ada.weighsIn({ weight: 70, at: simulator.clock.seconds() - 86_400 });
    }, INSTALL_MS);
    afterAll(() => room.close());

    /** The editor with nothing to complain about, at the end of the test either. */
    async function withEditor(options: PageOptions, use: (editor: NodeRedEditor) => Promise<void>) {
      const { page, complaints, outside } = await openPage(browser, { width: 1280, height: 900, ...options });
      const editor = new NodeRedEditor(page);
      await editor.open(room.nodeRed.url);
      await use(editor);
      expect(complaints).toEqual([]);
      expect(outside).toEqual([]);
    }

    async function pictureOf(editor: NodeRedEditor, name: string): Promise<void> {
      if (PICTURES === undefined || nodeRed !== "5") return;
      // Notices would cover it.
      const notices = editor.page.locator(".red-ui-notification");
      await until(async () =>
        (await Promise.all((await notices.all()).map((one) => one.isVisible()))).every((is) => !is),
      );
      await editor.page.screenshot({ path: `${PICTURES}${name}.png` });
    }

    describe.each([
      ["light", "en-GB", "en"],
      ["dark", "de-DE", "de"],
      ["dark", "fr-FR", "fr"],
    ] as const)("in %s, for a browser in %s", (theme, locale, language) => {
      async function expectForm(editor: NodeRedEditor, type: string) {
        const { labels, others, contrast, cut } = await editor.texts();
        const known = catalogueOf(type, language);
        for (const label of labels) expect(known, `${type}: "${label}"`).toContain(label);
        for (const text of others) expect(text, type).not.toMatch(UNTRANSLATED);
        expect(contrast.ratio, `${type}: "${contrast.text}"`).toBeGreaterThan(4.5);
        expect(cut, type).toEqual([]);
      }

      async function expectForms(editor: NodeRedEditor, type: (typeof DRAGGED)[number], y: number) {
        await editor.edit(await editor.drop(type, { x: 160, y }));
        await expectForm(editor, type);
        for (const action of ACTIONS[type] ?? []) {
          await editor.type("action", action);
          await expectForm(editor, type);
        }
        await editor.cancel();
      }

      test("every form speaks the language, readable and whole", () =>
        withEditor({ locale }, async (editor) => {
          if (theme === "dark") await editor.darken();
          for (const [index, type] of DRAGGED.entries()) await expectForms(editor, type, 80 + 70 * index);
          await editor.page.evaluate('RED.editor.editConfig("", "withings-account", "_ADD_")');
          await editor.page.waitForSelector("#node-config-input-baseurl", { state: "visible" });
          await expectForm(editor, "withings-account");
        }));

      test("the palette has four nodes under Withings, weigh-in first, each with its label", () =>
        withEditor({ locale }, async (editor) => {
          const category = editor.page.locator("#red-ui-palette-container > div", {
            has: editor.paletteNode("withings-weigh-in"),
          });
          expect(await category.locator(".red-ui-palette-header").innerText()).toBe("Withings");
          const nodes = category.locator(".red-ui-palette-node");
          expect(await nodes.count()).toBe(DRAGGED.length);
          expect(await nodes.first().getAttribute("data-palette-type")).toBe("withings-weigh-in");
          for (const type of DRAGGED) {
            const label = editor.paletteNode(type).locator(".red-ui-palette-label");
            // In Arial each fits in one line; the fonts of a bare machine are wider.
            expect(catalogueOf(type, language)).toContain((await label.innerText()).replaceAll("\n", ""));
          }
        }));

      test("the help has inputs, outputs, details, errors and references", () =>
        withEditor({ locale }, async (editor) => {
          for (const type of DRAGGED) {
            const { headings, text } = await editor.helpOf(type);
            expect([type, headings]).toEqual([type, HEADINGS[language].node]);
            expect(text).not.toMatch(/^#|\*\*|`/m);
          }
          expect((await editor.helpOf("withings-account")).headings).toEqual(HEADINGS[language].account);
        }));
    });

    test("says why it refuses what was typed", () =>
      withEditor({}, async (editor) => {
        await editor.edit(await editor.drop("withings-getmeas", { x: 160, y: 80 }));
        for (const [field, value, reason] of [
          ["startdate", "some day", "Measured from: give epoch seconds, an ISO date, or -7d"],
          ["limit", "0", "At most: give a whole number from 1 up"],
          ["meastype", "wait", "Measure: give a name from the list"],
        ] as const) {
          await editor.type(field, value);
          expect(await editor.reasonAt(`node-input-${field}`)).toContain(reason);
          await editor.type(field, "");
        }
        await editor.editAccount();
        for (const [field, value, reason] of [
          ["baseurl", "wbsapi.withings.net", "Give an http or https URL"],
          ["pollminutes", "often", "Give a whole number from 1 up"],
          ["callsperminute", "-1", "Give a whole number from 1 up"],
        ] as const) {
          await editor.page.fill(`#node-config-input-${field}`, value);
          expect(await editor.reasonAt(`node-config-input-${field}`)).toContain(reason);
        }
        await editor.cancel();
        await editor.cancel();
        await editor.edit(await editor.drop("withings-notify", { x: 160, y: 160 }));
        await editor.type("action", "subscribe");
        await editor.type("callbackurl", "https://home.example.org/#hook");
        expect(await editor.reasonAt("node-input-callbackurl")).toContain("it has a part after #");
        await editor.type("callbackurl", "");
        expect(await editor.reasonAt("node-input-callbackurl")).toContain("Callback URL: this action needs it");
        await editor.cancel();
      }));

    test("asks for yes or no with a checkbox, beside the other sources of a value", () =>
      withEditor({}, async (editor) => {
        const node = await editor.drop("withings-getmeas", { x: 160, y: 80 });
        await editor.edit(node);
        const box = editor.form.getByRole("checkbox", { name: "Only new" });
        expect(await box.isChecked()).toBe(false);
        await box.check();
        await editor.done();
        expect(await editor.page.evaluate(`RED.nodes.node("${node}").onlynew`)).toBe("true");
        await editor.edit(node);
        expect(await box.isChecked()).toBe(true);
        await editor.type("onlynew", "fresh", "msg");
        await box.waitFor({ state: "hidden" });
        await editor.cancel();
      }));

    test("shows no callback URL for an account in a subflow, and says why", () =>
      withEditor({}, async (editor) => {
        const subflow = { id: "sub", type: "subflow", name: "mine", in: [], out: [] };
        const inside = { id: "inside", type: "withings-account", z: "sub", version: 1, generation: "wbs" };
        await editor.page.evaluate(`RED.nodes.import(${JSON.stringify([subflow, inside])})`);
        await editor.page.evaluate('RED.editor.editConfig("", "withings-account", "inside")');
        await editor.page.getByText("In a subflow each instance has a callback URL of its own").waitFor();
        expect(await editor.page.locator("#withings-callback-url").isVisible()).toBe(false);
        await editor.page.click("#node-config-dialog-cancel");
      }));

    test("moves the public address of an earlier version's weigh-in node to its account", () =>
      withEditor({}, async (editor) => {
        const [publicurl, account] = ["https://home.example.org", "earlier-a"];
        const nodes = [
          { id: "earlier-t", type: "tab", label: "earlier" },
          { id: account, type: "withings-account", version: 1, name: "Ada", generation: "wbs", baseurl: "http://h/" },
          { id: "earlier-w", type: "withings-weigh-in", z: "earlier-t", version: 1, account, publicurl, wires: [[]] },
        ];
        const savedUrls = () =>
          editor.page.evaluate(
            "RED.nodes.createCompleteNodeSet().flatMap(({ id, publicurl }) => (/^earlier-[aw]$/.test(id) ? [publicurl] : []))",
          );
        await editor.page.evaluate(`RED.nodes.import(${JSON.stringify(nodes)})`);
        // Another deploy keeps it.
        expect(await savedUrls()).toContain(publicurl);
        await editor.page.evaluate(`RED.editor.editConfig("", "withings-account", "${account}")`);
        await editor.page.waitForSelector("#node-config-input-baseurl", { state: "visible" });
        expect(await editor.page.inputValue("#node-config-input-publicurl")).toBe(publicurl);
        await editor.page.click("#node-config-dialog-ok");
        await editor.page.waitForSelector("#node-config-dialog-ok", { state: "detached" });
        const at = (id: string) => editor.page.evaluate(`RED.nodes.node("${id}").publicurl`);
        expect([await at(account), await at("earlier-w")]).toEqual([publicurl, ""]);
      }));

    test("leads from an empty canvas to the first message, and keeps secrets", () =>
      withEditor({ width: 1360, height: 860 }, async (editor) => {
        const { page } = editor;
        const { simulator, nodeRed: running } = room;
        const ada = simulator.person("Ada");
        const answers = recordAnswers(page);
        await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

        const weighIn = await editor.drop("withings-weigh-in", { x: 160, y: 100 });
        const debug = await editor.drop("debug", { x: 400, y: 100 });
        await editor.wire(weighIn, debug);
        await editor.edit(weighIn);

        await editor.editAccount();
        await page.selectOption("#node-config-input-generation", "wbs");
        await page.fill("#node-config-input-baseurl", simulator.url);
        await page.fill("#withings-account-email", LOGIN);
        const find = async (password: string) => {
          await page.fill("#withings-account-password", password);
          await page.click("#withings-account-find");
        };
        const found = page.locator("#withings-account-found");
        await find("a wrong one");
        await found.getByText("Enter the password of the account again.").waitFor();
        await find(PASSWORD);
        await page.locator("#withings-account-users button").nth(1).waitFor();
        expect(await page.locator("#withings-account-users button").allInnerTexts()).toEqual([
          `Ada Byron (${ada.userId})`,
          expect.stringMatching(/^Ben Byron \(\d+\) – not shared$/),
        ]);
        await page.locator("#withings-account-users button").first().click();
        await found.getByText("Ada Byron is filled in.").waitFor();
        expect(await page.inputValue("#node-config-input-userid")).toBe(String(ada.userId));
        await page.click("#withings-account-test");
        const tested = page.locator("#withings-account-tested");
        await tested.getByText("It works: the service answers, and the data of Ada can be read.").waitFor();
        await pictureOf(editor, "node-red-account");
        await page.fill("#node-config-input-publicurl", running.url);
        const warning = page.locator("#withings-callback-warning");
        await warning.getByText("The internet cannot reach this host").waitFor();
        const callbackUrl = await page.inputValue("#withings-callback-url");
        expect(callbackUrl).toMatch(new RegExp(`^${running.url}/withings/[\\w-]{22}$`));
        await page.click("#withings-copy-url");
        await page.getByText("Callback URL copied").waitFor();
        expect(await page.evaluate("navigator.clipboard.readText()")).toBe(callbackUrl);
        await page.fill("#node-config-input-publicurl", "https://home.example.org");
        await warning.waitFor({ state: "hidden" });
        await page.locator("#withings-row-revoke").scrollIntoViewIfNeeded();
        await pictureOf(editor, "node-red-callback");
        await page.fill("#node-config-input-publicurl", running.url);
        await editor.done();
        await editor.done();
        expect(await editor.node(weighIn).locator(".red-ui-flow-node-label").textContent()).toBe("weigh-in of Ada");

        await editor.deploy();
        await editor.showsStatus(weighIn, /^waiting for weigh-in$/);
        expect(ada.subscriptions.live.map((one) => one.callbackUrl)).toContain(callbackUrl);
        await editor.showSidebar("debug");
        ada.weighsIn({ weight: 69.4, fatRatio: 24.1 });
        const message = page.locator(".red-ui-debug-msg").first();
        await message.waitFor();
        await message.locator(".red-ui-debug-msg-object-handle").first().click();
        await message.getByText("69.4", { exact: true }).waitFor();
        await editor.showsStatus(weighIn, /^69\.4 kg · /);
        await pictureOf(editor, "node-red-flow");
        const messages = page.locator(".red-ui-debug-msg");
        const before = await messages.count();
        await editor.edit(weighIn);
        await page.click("#withings-repeat");
        await page.getByText("The last weigh-in was sent again.").waitFor();
        await editor.cancel();
        await until(async () => (await messages.count()) > before);

        await expectNoSecret(
          page.content(),
          page.evaluate(VALUES),
          answers.texts(),
          deployed(),
          filesOf(running.options.userDir),
        );
        // The key comes once, with the users that were asked for.
        expect((await answers.texts()).split(ada.publicKey)).toHaveLength(2);
        expect(await deployed()).not.toContain(ada.publicKey);
      }));

    const deployed = async () => (await fetch(`${room.nodeRed.url}/flows`)).text();
  });
});

/** Actions whose forms show different fields. */
const ACTIONS: Readonly<Partial<Record<string, readonly string[]>>> = {
  "withings-user": ["users", "sharing", "probe"],
  "withings-notify": ["subscribe"],
};

/** Values of all fields and stores of the page. */
const VALUES = `JSON.stringify([
  [...document.querySelectorAll("input")].map(({ value }) => value),
  { ...localStorage }, { ...sessionStorage }, RED.nodes.createCompleteNodeSet(),
])`;

async function expectNoSecret(...places: readonly (Promise<unknown> | unknown)[]) {
  for (const text of await Promise.all(places)) expect(String(text)).not.toContain(PASSWORD);
}

/** Everything that Node-RED wrote. */
async function filesOf(userDir: string): Promise<string> {
  const entries = await readdir(userDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"));
  return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")))).join("\n");
}
