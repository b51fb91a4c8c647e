import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  consentInNodeRed,
  type FilledAccount,
  type FlowNode,
  type NodeRed,
  type NodeRedOptions,
  type SavedFlow,
  startNodeRed,
  tailored,
} from "@weighbridge/playground";
import { type Person, type RegisteredApplication, type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, until } from "@weighbridge/testing/parts";
import { type EditorComms, openComms } from "./editor-comms.ts";

const PASSWORD = "bozo";
/** The category of weigh-ins at today's API. */
const WEIGHT = 1;
const CATEGORIES = 3;

/** Accounts with the same limit share the pace of subscribes, 5 s apart: a limit of their own keeps tests from waiting for each other. */
export const ownLimit = ({ userId }: Person): string => String(1_000 + (userId % 5_000));

/** A real Node-RED, the simulated API that its flows talk to, and somebody who reads its editor. */
export class FlowRoom {
  readonly nodeRed: NodeRed;
  readonly simulator: Simulator;
  /** The application of today's API; undefined where the flows speak the original one. */
  readonly application: RegisteredApplication | undefined;
  comms: EditorComms;

  constructor(parts: Pick<FlowRoom, "nodeRed" | "simulator" | "comms" | "application">) {
    this.nodeRed = parts.nodeRed;
    this.simulator = parts.simulator;
    this.application = parts.application;
    this.comms = parts.comms;
  }

  /** Values of the form of the person's account. */
  accountOf({ userId, publicKey }: Person): FilledAccount {
    if (this.application === undefined) return { generation: "wbs", userId, publicKey };
    const { clientId, clientSecret, redirectUrls } = this.application;
    return { generation: "public", clientId, clientSecret, redirectUrl: redirectUrls[0] ?? "" };
  }

  /** Callback URLs under which the person's weigh-ins are announced. */
  callbacksOf(person: Person): readonly string[] {
    const found = this.application?.subscriptionsOf(person).filter(({ appli }) => appli === WEIGHT);
    return (found ?? person.subscriptions.live).map(({ callbackUrl }) => callbackUrl);
  }

  person(name: string): Person {
    return this.simulator.person(name, { email: `${name}@example.org`, password: PASSWORD, firstName: name });
  }

  /** A flow with what a user would fill in. */
  fill(nodes: readonly FlowNode[], person: Person, variables: Readonly<Record<string, string>> = {}, port?: number) {
    const flow = tailored(nodes, {
      baseUrl: this.simulator.url,
      account: this.accountOf(person),
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
    // As in the form, which asks for consent before the first deploy.
    for (const { id, type } of flow) if (type === "withings-account") await this.consent(id, person);
    await this.nodeRed.deploy(flow);
    if (wanted > 0) await this.isFollowed(person);
  }

  /** Resolves when the person has consented that this account reads their data; the original API asks for no consent. */
  async consent(accountId: string, person: Person): Promise<void> {
    const account = this.accountOf(person);
    if (account.generation === "wbs") return;
    const { clientId: clientid, clientSecret: clientsecret, redirectUrl: redirecturl } = account;
    await consentInNodeRed({
      ...{ nodeRedUrl: this.nodeRed.url, accountId, userId: person.userId },
      form: { baseurl: this.simulator.url, clientid, clientsecret, redirecturl, callsperminute: ownLimit(person) },
    });
  }

  /** Resolves when notifications of the person reach this Node-RED. */
  async isFollowed(person: Person): Promise<void> {
    await until(() => this.callbacksOf(person).some((callbackUrl) => callbackUrl.startsWith(this.nodeRed.url)));
  }

  /** The same for every category of today's API: a new goal is announced in one of its own. */
  async isFollowedWhole(person: Person): Promise<void> {
    await until(() => (this.application?.subscriptionsOf(person).length ?? CATEGORIES) === CATEGORIES);
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

export interface FlowRoomOptions extends Omit<NodeRedOptions, "userDir" | "port"> {
  /** @default "wbs" */
  readonly generation?: FilledAccount["generation"];
}

export async function openFlowRoom({ generation = "wbs", ...options }: FlowRoomOptions): Promise<FlowRoom> {
  const simulator = await startSimulator();
  const userDir = await mkdtemp(join(tmpdir(), "weighbridge-node-red-"));
  const nodeRed = await startNodeRed({ userDir, port: await freePort(), ...options });
  const redirectUrls = [`${nodeRed.url}/withings/oauth`];
  const application = generation === "public" ? simulator.application({ redirectUrls }) : undefined;
  return new FlowRoom({ nodeRed, simulator, application, comms: await openComms(nodeRed.url) });
}

/** The variables of the examples' tabs. */
export const exampleVariables = ({ nodeRed }: FlowRoom, webUrl: string) => ({
  TTS_URL: `${webUrl}/speech`,
  NTFY_URL: `${webUrl}/push`,
  INFLUX_URL: `${webUrl}/influx`,
  INFLUX_TOKEN: "demo",
  NODE_RED_URL: nodeRed.url,
  CALLBACK_URL: `${nodeRed.url}/my-callback`,
  CSV_FILE: join(nodeRed.options.userDir, "weigh-ins.csv"),
});
