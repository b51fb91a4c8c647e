import { until } from "@weighbridge/testing/parts";
import type { Locator, Page } from "playwright-core";
import { boxOf, isStill } from "./browser.ts";
import { type FormTexts, READ_FORM } from "./node-red-editor-texts.ts";

interface Place {
  readonly x: number;
  readonly y: number;
}

const READY = "window.RED?.workspaces?.count?.() > 0 && window.RED.nodes?.getType?.('withings-weigh-in') !== undefined";

/** Node-RED's editor in a browser, used as people use it. */
export class NodeRedEditor {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "domcontentloaded" });
    await this.isReady();
  }

  async isReady(): Promise<void> {
    await this.page.waitForFunction(READY);
    await this.page.waitForSelector("#red-ui-loading-progress", { state: "hidden" });
  }

  /** The dark theme of Node-RED 5. */
  async darken(): Promise<void> {
    await this.page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
  }

  paletteNode(type: string): Locator {
    return this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
  }

  node(id: string): Locator {
    return this.page.locator(`.red-ui-flow-node-group[id="${id}"]`);
  }

  /** The form that is on top. */
  get form(): Locator {
    return this.page.locator(".red-ui-tray").last();
  }

  /** Drags a node from the palette to a place of the canvas; gives its id. */
  async drop(type: string, to: Place): Promise<string> {
    const before = await this.#ids();
    const palette = this.paletteNode(type);
    await palette.scrollIntoViewIfNeeded();
    const chart = await boxOf(this.page.locator("#red-ui-workspace-chart"));
    await this.#drag(middleOf(await boxOf(palette)), { x: chart.x + to.x, y: chart.y + to.y });
    return until(async () => (await this.#ids()).find((id) => !before.includes(id)));
  }

  /** Draws a wire from the output of a node to the input of another. */
  async wire(from: string, to: string): Promise<void> {
    const portOf = (id: string, kind: string) => boxOf(this.node(id).locator(`.red-ui-flow-port-${kind}`).first());
    await this.#drag(middleOf(await portOf(from, "output")), middleOf(await portOf(to, "input")));
    await this.page.waitForFunction(`RED.nodes.filterLinks({ source: RED.nodes.node("${from}") }).length > 0`);
  }

  async #drag(from: Place, to: Place): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    // In steps: the editor takes one jump for a click.
    await mouse.move(to.x - 20, to.y - 20, { steps: 8 });
    await mouse.move(to.x, to.y, { steps: 4 });
    await mouse.up();
  }

  #ids(): Promise<string[]> {
    return this.page.evaluate(
      "(() => { const ids = []; RED.nodes.eachNode(({ id }) => ids.push(id)); return ids; })()",
    );
  }

  /** Double-clicks a node until its form is open: a canvas that is busy takes no double click. */
  async edit(id: string): Promise<void> {
    await until(async () => {
      const { x, y } = middleOf(await boxOf(this.node(id)));
      await this.page.mouse.move(5, 5);
      await this.page.mouse.dblclick(x, y, { delay: 40 });
      const opened = this.page.waitForSelector("#node-input-name", { state: "visible", timeout: 2_000 });
      return opened.then(
        () => true,
        () => false,
      );
    });
    await isStill(this.form);
  }

  /** Opens the account of the open form: a new one where it has none. */
  async editAccount(): Promise<void> {
    const account = await this.page.locator("#node-input-account").inputValue();
    await this.page.click(`#node-input-btn-account-${account === "_ADD_" ? "add" : "edit"}`);
    await this.page.waitForSelector("#node-config-input-baseurl", { state: "visible" });
    await isStill(this.form);
  }

  async done(): Promise<void> {
    await this.#leave("ok");
  }

  async cancel(): Promise<void> {
    await this.#leave("cancel");
  }

  async #leave(how: "ok" | "cancel"): Promise<void> {
    // While an account is open, the form below it is out of the page.
    const config = this.page.locator(`#node-config-dialog-${how}`);
    const button = (await config.count()) > 0 ? config : this.page.locator(`#node-dialog-${how}`);
    await button.click();
    await button.waitFor({ state: "detached" });
    if (button === config) await isStill(this.form);
  }

  /** Everything that can be read in the open form. */
  texts(): Promise<FormTexts> {
    return this.page.evaluate(`(${READ_FORM})([...document.querySelectorAll(".red-ui-tray")].at(-1))`);
  }

  /** Puts a value into a typed input, optionally of another type. */
  async type(name: string, value: string, type?: string): Promise<void> {
    const input = `$("#node-input-${name}")`;
    if (type !== undefined) await this.page.evaluate(`${input}.typedInput("type", ${JSON.stringify(type)})`);
    await this.page.evaluate(`${input}.typedInput("value", ${JSON.stringify(value)})`);
  }

  /** Why the form refuses what stands in a field. */
  async reasonAt(field: string): Promise<string> {
    const row = this.form.locator(".form-row", { has: this.page.locator(`#${field}`) });
    const reason = row.locator(".withings-reason");
    await reason.waitFor();
    return reason.innerText();
  }

  /** Deploys by the button. */
  async deploy(): Promise<void> {
    const answer = this.page.waitForResponse((r) => r.url().endsWith("/flows") && r.request().method() === "POST");
    await this.page.click("#red-ui-header-button-deploy");
    const status = (await answer).status();
    if (status !== 200) throw new Error(`deploy: ${status}`);
  }

  /** Resolves when this stands below the node. */
  async showsStatus(id: string, text: RegExp): Promise<void> {
    await this.node(id).locator(".red-ui-flow-node-status-label").filter({ hasText: text }).waitFor();
  }

  async showSidebar(tab: "debug" | "help"): Promise<void> {
    await this.page.evaluate(`RED.sidebar.show("${tab}")`);
  }

  /** The headings of a node's help, as the sidebar shows them. */
  async helpOf(type: string): Promise<{ readonly headings: readonly string[]; readonly text: string }> {
    await this.showSidebar("help");
    await this.page.evaluate(`RED.sidebar.help.show("${type}")`);
    const help = this.page.locator(".red-ui-help:visible").last();
    await help.locator("h3").first().waitFor();
    const headings = await help.locator("h3").allInnerTexts();
    return { headings: headings.map((heading) => heading.trim()), text: await help.innerText() };
  }
}

const middleOf = (box: { x: number; y: number; width: number; height: number }): Place => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
});
