import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Person, type RegisteredApplication, type Simulator, startSimulator } from "@weighbridge/simulator";
import { stateDir } from "@weighbridge/testing";
import type { NodeAPI } from "node-red";
import { onTestFinished } from "vitest";
import { REDIRECT_PATH } from "../../src/shared/callback-address.ts";
import { type FlowNode, type Run, type RunOptions, runFlow, serveHttpNodes } from "./node-red.ts";

const SECRET = "s3cr3t-of-ours";

export interface PublicWorld {
  readonly sim: Simulator;
  readonly app: RegisteredApplication;
  readonly ada: Person;
  /** Of Node-RED's HTTP nodes. */
  readonly httpNodes: string;
  readonly redirecturl: string;
  readonly userDir: string;
  run(more?: readonly FlowNode[], options?: RunOptions): Promise<Run>;
  readonly account: FlowNode;
  readonly credentials: { readonly clientid: string; readonly clientsecret: string };
  /** The account's form, as the editor sends it. */
  readonly form: Readonly<Record<string, string>>;
}

/** Today's API with Ada, an application, and a Node-RED to come. Node-RED has the machine's clock, and so has the service. */
export async function publicWorld(): Promise<PublicWorld> {
  const sim = await startSimulator();
  onTestFinished(() => sim.stop());
  let api: NodeAPI | undefined;
  const httpNodes = await serveHttpNodes(() => api?.httpNode);
  const redirecturl = `${httpNodes}${REDIRECT_PATH}`;
  const app = sim.application({ clientId: "client", clientSecret: SECRET, redirectUrls: [redirecturl] });
  const userDir = stateDir();
  const account: FlowNode = {
    ...{ id: "account", type: "withings-account", name: "Ada", version: 1, generation: "public", baseurl: sim.url },
    ...{ callsperminute: "1000", redirecturl },
  };
  const credentials = { clientid: "client", clientsecret: SECRET };
  return {
    ...{ account, credentials },
    ...{ sim, app, ada: sim.person("Ada"), httpNodes, redirecturl, userDir },
    run: (more = [], options = {}) =>
      runFlow([account, ...more], {
        ...{ userDir, credentials: { account: credentials }, ...options },
        prepare: (RED) => {
          api = RED;
          options.prepare?.(RED);
        },
      }),
    form: {
      ...{ id: "account", generation: "public", baseurl: sim.url, redirecturl },
      ...{ clientid: "client", clientsecret: "__PWRD__", callsperminute: "1000" },
    },
  };
}

/** What the account's form does, one button each. */
export function formOf(world: PublicWorld, red: Run) {
  const post = async (action: string, body: object): Promise<Record<string, unknown>> =>
    (await red.admin().post(`/withings-account/${action}`).send(body)).body;
  return {
    post,
    authorize: (more: object = {}) => post("authorize", { ...world.form, ...more }),
    link: async () => (await post("authorize", world.form))["url"],
    grant: () => post("grant", { id: "account", clientid: "client" }),
    signOut: () => post("signout", world.form),
  };
}

/** Agrees as a person on the consent page, and follows the redirect: the text of the page at its end. */
export async function agree(url: unknown, person: Person): Promise<string> {
  return (await fetch(await redirectOf(url, person))).text();
}

/** The address to which the browser would be led. */
export async function redirectOf(url: unknown, person: Person): Promise<string> {
  const body = new URLSearchParams({ userid: String(person.userId), decision: "allow" });
  const answer = await fetch(String(url), { method: "POST", redirect: "manual", body });
  return answer.headers.get("location") ?? "";
}

export const grantFile = (userDir: string) => join(userDir, "weighbridge", "grants", "account.json");

export const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
