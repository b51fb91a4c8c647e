// The floor of every comparison with the bridge: what a careful afternoon's script does and no more. Node, its HTTP server, mqtt.js.
// Plain JavaScript, so that nothing is stripped at its start.
// Usage: node floor.mjs BROKER_URL MQTT_VERSION API_URL BASE_TOPIC PEOPLE
import { createServer } from "node:http";
import mqtt from "mqtt";

const [brokerUrl, version, apiUrl, baseTopic, people] = process.argv.slice(2);
const protocolVersion = Number(version);

const client = mqtt.connect(brokerUrl, {
  protocolVersion,
  will: { topic: `${baseTopic}/bridge/state`, payload: Buffer.from("offline"), qos: 1, retain: true },
});

async function getMeasures(parameters) {
  const body = new URLSearchParams({ action: "getmeas", publickey: "key", ...parameters });
  const response = await fetch(`${apiUrl}measure`, { method: "POST", body });
  return (await response.json()).body.measuregrps;
}

async function handle(form) {
  const { userid, startdate, enddate } = Object.fromEntries(new URLSearchParams(form));
  const [group] = await getMeasures({ userid, startdate, enddate });
  const [{ value, unit }] = group.measures;
  const event = { event_id: `${userid}-${group.grpid}`, measured_at: group.date, weight: value / 10 ** -unit };
  // At the QoS that a subscriber is promised: with less, an event may come twice, which is another job.
  client.publish(`${baseTopic}/people/p${userid}/weigh_in`, JSON.stringify(event), { qos: 2 });
}

const callback = createServer((request, response) => {
  let form = "";
  request.on("data", (chunk) => {
    form += chunk;
  });
  request.on("end", () => {
    response.end();
    void handle(form);
  });
}).listen(0, "127.0.0.1");
/** The bridge has one for requests, too. */
const control = mqtt.connect(brokerUrl, { protocolVersion });
control.on("connect", () => control.subscribe(`${baseTopic}/bridge/request/+`, { qos: 1 }));

client.once("connect", () => {
  // mqtt.js leaves Nagle's algorithm on, which would stall the handshake of QoS 2: a slow floor flatters.
  client.stream.setNoDelay(true);
  client.publish(`${baseTopic}/bridge/state`, "online", { qos: 1, retain: true });
  process.send?.({ callbackUrl: `http://127.0.0.1:${callback.address().port}/` });
  for (let i = 0; i < Number(people); i++) void getMeasures({ userid: String(1 + i), lastupdate: "0" });
});

process.once("SIGTERM", () => {
  callback.closeAllConnections();
  callback.close();
  client.end();
  control.end();
});
