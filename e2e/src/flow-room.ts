import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FlowNode,
  type NodeRed,
  type NodeRedOptions,
  type SavedFlow,
  startNodeRed,
  tailored,
} from "@weighbridge/playground";
import { type Person, type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, until } from "@weighbridge/testing/parts";
import { type EditorComms, openComms } from "./editor-comms.ts";

const PASSWORD = "bozo";

/** Accounts with the same limit share the pace of subscribes, 5 s apart: a limit of their own keeps tests from waiting for each other. */
export const ownLimit = ({ userId }: Person): string => String(1_000 + (userId % 5_000));

/** A real Node-RED, the simulated API that its flows talk to, and somebody who reads its editor. */
export class FlowRoom {
  readonly nodeRed: NodeRed;
  readonly simulator: Simulator;
  comms: EditorComms;

  constructor(parts: Pick<FlowRoom, "nodeRed" | "simulator" | "comms">) {
    this.nodeRed = parts.nodeRed;
    this.simulator = parts.simulator;
    this.comms = parts.comms;
  }

  person(name: string): Person {
    return this.simulator.person(name, { email: `${name}@example.org`, password: PASSWORD, firstName: name });
  }

  /** A flow with what a user would fill in. */
  fill(nodes: readonly FlowNode[], person: Person, variables: Readonly<Record<string, string>> = {}, port?: number) {
    const flow = tailored(nodes, {
      baseUrl: this.simulator.url,
      person,
      login: { email: `${person.name}@example.org`, password: PASSWORD },
      publicUrl: this.nodeRed.url,
      variables,
      ...(port === undefined ? {} : { broker: { host: "127.0.0.1", port } }),
    });
    return flow.map((node) =>
      node.type === "withings-account" ? { ...node, callsperminute: ownLimit(person) } : node,
    );
  }

  /** Deploys; resolves when the weigh-in nodes of the flow have their subscriptions and a first look at what there is. */
  async deploy(flow: SavedFlow, person: Person): Promise<void> {
    const wanted = flow.filter(({ type }) => type === "withings-weigh-in").length;
    await this.nodeRed.deploy(flow);
    if (wanted > 0) await this.isFollowed(person);
  }

  /** Resolves when notifications of the person reach this Node-RED. */
  async isFollowed(person: Person): Promise<void> {
    await until(() => person.subscriptions.live.some(({ callbackUrl }) => callbackUrl.startsWith(this.nodeRed.url)));
  }

  async restart(how: "SIGTERM" | "SIGKILL", meanwhile: () => unknown): Promise<number | null> {
    this.comms.close();
    const code = await this.nodeRed.stop(how);
    await meanwhile();
    const { nodeRed } = this;
    await nodeRed.start();
    this.comms = await openComms(nodeRed.url);
    return code;
  }

  async close(): Promise<void> {
    this.comms.close();
    await this.nodeRed.stop();
    await this.simulator.stop();
    await rm(this.nodeRed.options.userDir, { recursive: true, force: true });
  }
}

export async function openFlowRoom(options: Omit<NodeRedOptions, "userDir" | "port">): Promise<FlowRoom> {
  const simulator = await startSimulator();
  const userDir = await mkdtemp(join(tmpdir(), "weighbridge-node-red-"));
  const nodeRed = await startNodeRed({ userDir, port: await freePort(), ...options });
  return new FlowRoom({ nodeRed, simulator, comms: await openComms(nodeRed.url) });
}
