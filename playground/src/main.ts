// `pnpm node-red`: Node-RED as its users have it, with the nodes, somebody to step on the scale, and every example running.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Person, Simulator } from "@weighbridge/simulator";
import { Broker, freePort } from "@weighbridge/testing/parts";
import { consentInNodeRed } from "./consent.ts";
import { examplesOf, type FilledAccount, tailored } from "./examples.ts";
import { LOGIN, startHousehold } from "./household.ts";
import { type NodeRed, startNodeRed } from "./node-red.ts";
import { npmFolder } from "./npm-folder.ts";
import { buildNodes, NODES_FOLDER } from "./packages.ts";
import { pretendServices, pretendUrl } from "./pretend-services.ts";

/** Ports to listen on; others where these are taken. */
const PORTS = { nodeRed: 1880, scale: 8470, broker: 1884 } as const;
const ACCOUNT = "ada";
const LAMP_TOPIC = "zigbee2mqtt/bathroom lamp/set";
const CHART = "dashboard-chart";
const DASHBOARD = "@flowfuse/node-red-dashboard";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const steps: (() => unknown)[] = [];

const { values: options } = parseArgs({ options: { api: { type: "string", default: "public" } } });

/** Throws where the command line names another API. */
function generationAsked(): FilledAccount["generation"] {
  const { api } = options;
  if (api === "public" || api === "wbs") return api;
  throw new Error(`--api is public (today's API) or wbs (the original one), not ${api}`);
}

async function main(): Promise<void> {
  const generation = generationAsked();
  say("Building the nodes …");
  buildNodes();
  const dashboard = await dashboardFolder();
  const { simulator, ada } = await startHousehold(await freePort(PORTS.scale));
  steps.push(() => simulator.stop());
  const brokerPort = await freePort(PORTS.broker);
  const broker = await Broker.start(brokerPort);
  steps.push(() => broker.stop());

  const userDir = await mkdtemp(join(tmpdir(), "weighbridge-node-red-"));
  steps.push(() => rm(userDir, { recursive: true, force: true }));
  const port = await freePort(PORTS.nodeRed);
  const url = `http://127.0.0.1:${port}`;
  const account = accountOf(simulator, ada, url, generation);
  const examples = examplesOf(generation).filter(({ name }) => name !== CHART || dashboard !== undefined);
  const flows = tailored(
    examples.flatMap(({ nodes }) => nodes),
    {
      baseUrl: simulator.url,
      account,
      login: LOGIN,
      publicUrl: url,
      broker: { host: "127.0.0.1", port: brokerPort },
      accountId: ACCOUNT,
      variables: {
        TTS_URL: pretendUrl(url, "speech"),
        NTFY_URL: pretendUrl(url, "push"),
        INFLUX_URL: pretendUrl(url, "influx"),
        INFLUX_TOKEN: "demo",
        NODE_RED_URL: url,
        CALLBACK_URL: `${url}/my-callback`,
        CSV_FILE: join(userDir, "weigh-ins.csv"),
      },
    },
  );
  const brokerId = flows.find(({ type }) => type === "mqtt-broker")?.id ?? "";
  say("Starting Node-RED …");
  const packages = [NODES_FOLDER, ...(dashboard === undefined ? [] : [dashboard])];
  const nodeRed = await startNodeRed({ userDir, port, packages });
  steps.push(() => nodeRed.stop());
  await nodeRed.deploy([...flows, ...pretendServices(LAMP_TOPIC, brokerId)]);
  if (account.generation === "public") await consent(account, { url, baseUrl: simulator.url, userId: ada.userId });
  say(`
Node-RED          ${url}/   ${examples.length} example flows, all running
The virtual scale ${simulator.pageUrl}   choose Ada and step on: watch the debug sidebar (the bug icon)
${dashboard === undefined ? "" : `Her chart         ${url}/dashboard\n`}
${account.generation === "public" ? "Ada has agreed on the simulated consent page. To see it: open the account from a weigh-in node, and press Authorize.\n" : ""}Ctrl-C ends it, and leaves nothing behind.`);
  reportEnd(nodeRed);
}

/** What the account's form is filled in with. */
function accountOf(
  simulator: Simulator,
  { userId, publicKey }: Person,
  url: string,
  generation: FilledAccount["generation"],
): FilledAccount {
  if (generation === "wbs") return { generation, userId, publicKey };
  const redirectUrl = `${url}/withings/oauth`;
  const { clientId, clientSecret } = simulator.application({ redirectUrls: [redirectUrl] });
  return { generation, clientId, clientSecret, redirectUrl };
}

const consent = (
  {
    clientId: clientid,
    clientSecret: clientsecret,
    redirectUrl: redirecturl,
  }: FilledAccount & { generation: "public" },
  { url, baseUrl: baseurl, userId }: { readonly url: string; readonly baseUrl: string; readonly userId: number },
) =>
  consentInNodeRed({
    ...{ nodeRedUrl: url, accountId: ACCOUNT, userId },
    form: { baseurl, clientid, clientsecret, redirecturl },
  });

/** Undefined where it cannot be had: everything else works without the chart. */
async function dashboardFolder(): Promise<string | undefined> {
  say(`Fetching ${DASHBOARD} for the chart (the first time only) …`);
  try {
    return join(await npmFolder("dashboard", [`${DASHBOARD}@^1.31.0`]), "node_modules", DASHBOARD);
  } catch (error) {
    say(`The chart is left out: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
}

function reportEnd(nodeRed: NodeRed): void {
  nodeRed.process?.once("exit", () => {
    if (!isStopping) say(`Node-RED ended by itself:\n${nodeRed.log.slice(-2000)}`);
    void stop(isStopping ? 0 : 1);
  });
}

let isStopping = false;

/** Every step, whatever became of the others. */
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  for (const step of steps.reverse()) {
    try {
      await step();
    } catch (error) {
      say(String(error));
      code = 1;
    }
  }
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(0));
main().catch((error: unknown) => {
  say(String(error));
  void stop(1);
});
