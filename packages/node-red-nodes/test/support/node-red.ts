import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { serve, stateDir, type World } from "@weighbridge/testing";
import type { Node, NodeAPI, NodeMessageInFlow, NodeStatus } from "node-red";
import helper from "node-red-node-test-helper";
import { onTestFinished } from "vitest";
import account from "../../src/nodes/withings-account/withings-account.ts";
import getmeas from "../../src/nodes/withings-getmeas/withings-getmeas.ts";
import notify from "../../src/nodes/withings-notify/withings-notify.ts";
import user from "../../src/nodes/withings-user/withings-user.ts";
import weighIn from "../../src/nodes/withings-weigh-in/withings-weigh-in.ts";

helper.init(createRequire(import.meta.url).resolve("node-red"));

export type FlowNode = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>;

export interface RunOptions {
  readonly credentials?: Readonly<Record<string, object>>;
  readonly userDir?: string;
  readonly settings?: object;
  /** Sees Node-RED's API before any node is registered. */
  prepare?(RED: NodeAPI): void;
}

const TAB = { id: "tab", type: "tab", label: "test" };

/** Ada's account node, with its credentials. */
export const accountNode = ({ sim }: World, more: object = {}): FlowNode => ({
  id: "account",
  type: "withings-account",
  name: "Ada",
  version: 1,
  generation: "wbs",
  baseurl: sim.url,
  callsperminute: "100000",
  ...more,
});

export const credentialsOf = ({ ada }: World) => ({
  account: { userid: String(ada.userId), publickey: ada.publicKey },
});

export interface Run {
  readonly RED: NodeAPI;
  readonly userDir: string;
  stop(): Promise<void>;
  deploy(changed: readonly FlowNode[], credentials: object): Promise<unknown>;
  node(id: string): Node;
  readonly admin: typeof helper.request;
}

/** Runs a flow in Node-RED until the test is over. */
export async function runFlow(flow: readonly FlowNode[], options: RunOptions = {}): Promise<Run> {
  const userDir = options.userDir ?? stateDir();
  helper.settings({ userDir, ...options.settings });
  await new Promise<void>((resolve) => helper.startServer(resolve));
  let api: NodeAPI | undefined;
  const first = (RED: NodeAPI) => {
    api = RED;
    options.prepare?.(RED);
  };
  const registers = [first, account, getmeas, user, notify, weighIn] as never;
  await helper.load(registers, [TAB, ...flow] as never, options.credentials ?? {});
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= helper.unload().then(() => new Promise<void>((resolve) => void helper.stopServer(resolve)));
    return stopped;
  };
  onTestFinished(stop);
  const RED = api as NodeAPI;
  const deploy = (changed: readonly FlowNode[], credentials: object) =>
    helper.setFlows([TAB, ...changed] as never, "full", credentials as never);
  return {
    RED,
    userDir,
    stop,
    deploy,
    node: (id: string) => helper.getNode(id) as Node,
    admin: () => helper.request(),
  };
}

/** Node-RED's HTTP nodes on a port of their own, which its test helper does not serve. */
export async function serveHttpNodes(app: () => NodeAPI["httpNode"] | undefined) {
  return serve((request, response) => {
    const handler = app();
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
}

type Received = NodeMessageInFlow & { readonly error?: { readonly code?: string; readonly message: string } };

/** The next message that a helper node gets. */
export const nextMessage = (node: Node) =>
  new Promise<Received>((resolve) => (node as EventEmitter).once("input", (msg: Received) => resolve(msg)));

/** Every status that a node shows from now on. */
export function statusesOf(node: Node): NodeStatus[] {
  const shown: NodeStatus[] = [];
  const keep = ({ args }: { readonly args: readonly NodeStatus[] }) => void shown.push(args[0] ?? {});
  (node as EventEmitter).on("call:status", keep);
  return shown;
}
