import { ManualClock } from "@weighbridge/core/testing";
import { type Received, serve } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { type SentSchema, sentSchemas } from "./support/sent-schemas.ts";
import { type House, house, moving } from "./support/todays-house.ts";

const ADA = { slug: "ada", name: "Ada", weight_unit: "lb" };
const BOB = { slug: "bob", name: "Bob" };

/** A household in which everything happens that the bridge tells of. Its clocks are moved while it waits. */
async function eventful(): Promise<House> {
  const at = await house();
  const ada = at.sim.person("Ada");
  await at.consents(ada);
  const clock = new ManualClock(Date.now());
  const registry = await serve((_request, response) => void response.end(JSON.stringify({ version: "9.9.9" })));
  const homeAssistant = { update_check: true, registry_url: `${registry}/` };
  await at.start({ clock, people: [ADA, BOB], homeAssistant });
  const until = (isSo: () => boolean) => moving(at, clock, isSo, 1_000);
  const told = (topic: string, words: string) => until(() => at.on(topic).some((text) => text.includes(words)));
  const asks = async (command: string, payload: object) => {
    const before = at.on(`bridge/response/${command}`).length;
    const topic = `weighbridge/bridge/request/${command}`;
    await at.subscriber.client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
    await until(() => at.on(`bridge/response/${command}`).length > before);
  };
  await told("people/ada/devices", "Body Comp");
  await told("people/ada/subscription", "active");
  await told("bridge/update", "9.9.9");
  const now = at.sim.clock.seconds();
  ada.weighsIn({ weight: 70, at: now - 600 });
  await told("people/ada/weigh_in", '"event_type":"weigh_in"');
  const { grpid } = ada.weighsIn({ weight: 40, attribution: 1, at: now });
  await told("people/ada/weigh_in", "weigh_in_ambiguous");
  await asks("claim", { person: "ada", weigh_in: grpid, transaction: 7 });
  await asks("refuse", { person: "ada", weigh_in: grpid, transaction: "t" });
  await asks("refuse", { person: "ada", weigh_in: 1 });
  for (const command of ["sync", "subscription"]) await asks(command, { person: "ada" });
  for (const command of ["sync", "health", "publish_discovery"]) await asks(command, {});
  await asks("sync", { person: "carol" });
  await told("bridge/info", '"last_notification":"');
  at.app.unlinks(ada);
  await until(() => at.on("people/ada/availability").at(-1) === "offline");
  await told("bridge/event", "account_problem");
  return at;
}

const faultsOf = (schema: SentSchema, { topic, payload }: Received): string[] =>
  schema.validate(schema.isText ? payload : JSON.parse(payload))
    ? []
    : (schema.validate.errors ?? []).map(
        ({ instancePath, message }) => `${topic} ${instancePath} ${message}: ${payload}`,
      );

test("every message of every topic fits its committed schema", async () => {
  const { subscriber } = await eventful();
  const schemas = sentSchemas();
  const seen = new Set<string>();
  const faults = subscriber.received.flatMap((message) => {
    const schema = schemas.find(({ has }) => has(message.topic));
    if (schema === undefined) return [`${message.topic} has no schema`];
    seen.add(schema.name);
    return faultsOf(schema, message);
  });
  expect(faults).toEqual([]);
  expect(schemas.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});
