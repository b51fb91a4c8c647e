import type { Node, NodeAPI } from "node-red";

/** A value of a form that is not deployed yet, with its environment variable filled in as the runtime will do: blank where it is not set. */
export function filledIn(RED: NodeAPI, accountId: string, value: string): string {
  const name = /^\$[{(]([^})]+)[})]$/.exec(value)?.[1];
  return name === undefined ? value : String(variable(RED, accountId, name) ?? "");
}

interface Saved {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly g?: string;
  readonly env?: readonly { readonly name: string; readonly value: unknown; readonly type?: string }[];
}

/** Of the account where it runs, else of any node: an account belongs to all flows, so the variables of a tab do not count. */
function variable(RED: NodeAPI, accountId: string, name: string): unknown {
  const saved: Saved[] = [];
  RED.nodes.eachNode((node) => void saved.push(node as Saved));
  const account = saved.filter(({ id }) => id === accountId);
  for (const { id, z, g } of [...account, ...saved]) {
    const running = g === undefined ? (RED.nodes.getNode(id) as Node | null) : null;
    // In front of the name, this skips the tab.
    if (running)
      return RED.util.evaluateNodeProperty(z === undefined || z === "" ? name : `$parent.${name}`, "env", running, {});
  }
  const entry = saved.find(({ type }) => type === "global-config")?.env?.find((one) => one.name === name);
  return entry?.type === "str" ? entry.value : process.env[name];
}
