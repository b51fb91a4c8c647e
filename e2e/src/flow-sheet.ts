import type { Page } from "playwright-core";

/** The part of the canvas that a flow covers. */
const COVERED = `(() => {
  const parts = [...document.querySelectorAll(".red-ui-flow-node-group, .red-ui-flow-link-line")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const margin = 14;
  const x = Math.min(...boxes.map((box) => box.left)) - margin;
  const y = Math.min(...boxes.map((box) => box.top)) - margin;
  return {
    x, y,
    width: Math.max(...boxes.map((box) => box.right)) + margin - x,
    height: Math.max(...boxes.map((box) => box.bottom)) + margin - y,
  };
})()`;

export interface Tab {
  readonly id: string;
  readonly label: string;
}

/** Shows each tab of an open editor in turn, and then all of them on one sheet in its place: for a picture of it. */
export async function showSheet(page: Page, tabs: readonly Tab[]): Promise<void> {
  const flows: string[] = [];
  for (const { id, label } of tabs) {
    await page.evaluate(`RED.workspaces.show("${id}")`);
    await page.waitForFunction(`document.querySelectorAll(".red-ui-flow-node-group").length > 0`);
    const clip = (await page.evaluate(COVERED)) as { x: number; y: number; width: number; height: number };
    const picture = await page.screenshot({ clip });
    flows.push(`<h2>${label}</h2><img src="data:image/png;base64,${picture.toString("base64")}">`);
  }
  await page.setContent(
    `<style>body { font: 15px sans-serif; margin: 16px 20px } h2 { font-size: 15px; margin: 14px 0 4px } img { border: 1px solid #ddd }</style>${flows.join("")}`,
  );
}
