// The load generator, with the API that it notifies about and the subscriber that sees what comes out. Speaks over IPC: LoadOrder in, LoadReport out.
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";
import type { LoadOrder, LoadReport } from "../load.ts";
import { FixedApi } from "./fixed-api.ts";

/** An event that does not come out by then is lost. */
const PATIENCE_MS = 20_000;

const [brokerUrl, version] = process.argv.slice(2);
if (brokerUrl === undefined) throw new Error("usage: load.ts BROKER_URL MQTT_VERSION");

const api = new FixedApi();
const subscriber = await mqtt.connectAsync(brokerUrl, { protocolVersion: version === "4" ? 4 : 5 });
const server = createServer(api.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** By topic: the clients that wait for the event of the person on the scale. */
const waiting = new Map<string, { readonly weight: string; readonly arrived: () => void }>();
let strays = 0;

subscriber.on("message", (topic, payload) => {
  const entry = waiting.get(topic);
  if (entry === undefined || !payload.includes(entry.weight)) {
    strays++;
    return;
  }
  waiting.delete(topic);
  entry.arrived();
});

// QoS 0: the broker forwards in the same step in which it acknowledges, and the subscriber adds no handshake.
await subscriber.subscribeAsync("+/people/+/weigh_in", { qos: 0 });
process.on("message", (order: LoadOrder) => void run(order));
process.send?.({ apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });

/** Closed loop: each client steps on the scale for the next person, waits until the event is out, and goes on. */
async function run(order: LoadOrder): Promise<void> {
  const callbackUrl = order.callbackUrl ?? (await api.callbackUrl);
  while (api.polled < (order.afterPolls ?? 0)) await sleep(50);
  const latencies: number[] = [];
  const next = order.userIds[Symbol.iterator]();
  const started = performance.now();
  strays = 0;
  const client = async () => {
    for (const userId of next)
      latencies.push(await weighIn(callbackUrl, `${order.baseTopic}/people/p${userId}/weigh_in`, userId));
  };
  await Promise.all(Array.from({ length: order.clients }, client));
  const report: LoadReport = { latencies, elapsedMs: performance.now() - started, strays };
  process.send?.(report);
}

async function weighIn(callbackUrl: string, topic: string, userId: number): Promise<number> {
  const { weight, form } = api.weighIn(userId);
  const started = performance.now();
  const arrival = new Promise<void>((arrived, lost) => {
    const timer = setTimeout(() => lost(new Error(`${topic} did not come within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    waiting.set(topic, {
      weight,
      arrived: () => {
        clearTimeout(timer);
        arrived();
      },
    });
  });
  post(callbackUrl, form);
  await arrival;
  return performance.now() - started;
}

function post(url: string, form: string): void {
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(form) };
  request(url, { method: "POST", agent, headers }, (response) => {
    if (response.statusCode !== 200) throw new Error(`the callback was answered with ${response.statusCode}`);
    response.resume();
  }).end(form);
}
