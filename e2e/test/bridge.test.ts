import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@weighbridge/testing/parts";
import mqtt from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { newBridgeProcess } from "../src/bridge-process.ts";
import { ADA, type House, type HouseOptions, makeHouse } from "../src/house.ts";
import { startMosquitto } from "../src/mosquitto.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const ADA_STATE = "weighbridge/people/ada/state";
const BRIDGE_STATE = "weighbridge/bridge/state";

async function house(options?: HouseOptions): Promise<House> {
  const made = await makeHouse(options);
  onTestFinished(() => made.close());
  return made;
}

/** Resident memory of a process, MB. */
async function memoryOf(pid: number | undefined): Promise<{ readonly now: number; readonly most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: megabytes("VmRSS"), most: megabytes("VmHWM") };
}

/** Ten notifications for each, 200 at a time; gives how many were answered with 200. */
async function notifyAll(url: string, { simulator }: House, people: readonly { name: string }[], date: number) {
  let accepted = 0;
  const bodies = people.flatMap(({ name }) => Array(10).fill(String(simulator.person(name).userId)) as string[]);
  const post = async (userid: string) => {
    const body = new URLSearchParams({ userid, startdate: String(date), enddate: String(date + 1) });
    const response = await fetch(url, { method: "POST", body });
    if (response.status === 200) accepted++;
  };
  const send = async () => {
    for (let userid = bodies.pop(); userid !== undefined; userid = bodies.pop()) await post(userid);
  };
  await Promise.all(Array.from({ length: 200 }, send));
  return { accepted };
}

async function openHouse(options?: HouseOptions): Promise<House> {
  const made = await house(options);
  await made.open("Ada");
  return made;
}

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test("a weigh-in reaches a subscriber with the right numbers", async () => {
    const { listener, simulator } = await openHouse();
    simulator.person("Ada").weighsIn({ weight: 30.016, fatRatio: 22.4 });
    const [event] = await listener.eventsOf("ada", 1);
    expect(event).toMatchObject({ event_type: "weigh_in", weight: 30.016, fat_ratio: 22.4 });
    await listener.hears("weighbridge/people/ada/measure/weight", "30.016");
    expect(listener.lastJson(ADA_STATE)).toMatchObject({ weight: 30.016, height: 1.68 });
  });

  test("an edit, a deletion and a back-dated entry are told, and the state follows", async () => {
    const { listener, simulator } = await openHouse();
    const ada = simulator.person("Ada");
    const now = simulator.clock.seconds();
    const first = ada.weighsIn({ weight: 70, at: now - 7200 });
    await listener.eventsOf("ada", 1);
    const second = ada.weighsIn({ weight: 71, at: now });
    await listener.eventsOf("ada", 2);
    ada.edits(second.grpid, { weight: 72 });
    await listener.eventsOf("ada", 3);
    ada.deletes(second.grpid);
    await listener.eventsOf("ada", 4);
    ada.weighsIn({ weight: 60, at: now - 30 * 86_400 });
    const events = await listener.eventsOf("ada", 5);
    expect(
      events.map(({ event_type, weigh_in, weight, backdated }) => [event_type, weigh_in, weight, backdated]),
    ).toEqual([
      ["weigh_in", first.grpid, 70, false],
      ["weigh_in", second.grpid, 71, false],
      ["weigh_in_updated", second.grpid, 72, false],
      ["weigh_in_deleted", second.grpid, 72, false],
      ["weigh_in", expect.any(Number), 60, true],
    ]);
    await until(() => listener.lastJson(ADA_STATE)?.["weight"] === 70);
  });

  test("started without a broker and without the API, the bridge catches up by itself when they come", async () => {
    const at = await house();
    const { broker, simulator, bridge, listener } = at;
    await broker.stop();
    simulator.fail("drop");
    bridge.start();
    await until(() => bridge.output.includes("No broker answers at mqtt.url"));
    await until(() => bridge.output.includes("A sync failed"));
    const { grpid } = simulator.person("Ada").weighsIn({ weight: 70, at: simulator.clock.seconds() + 60 });
    simulator.heal();
    await broker.start();
    const [event] = await listener.eventsOf("ada", 1);
    expect(event).toMatchObject({ weigh_in: grpid, weight: 70 });
    await until(() => simulator.person("Ada").subscriptions.live.length === 1, 60_000);
  });

  test("what happens while the broker is down arrives in order when it is back", async () => {
    const { broker, listener, simulator } = await openHouse();
    await broker.stop();
    const now = simulator.clock.seconds();
    const fetched = () => simulator.log.filter((entry) => entry.kind === "call" && entry.action === "getmeas").length;
    for (const [index, weight] of [70, 71, 72].entries()) {
      const before = fetched();
      simulator.person("Ada").weighsIn({ weight, at: now + index * 600 });
      await until(() => fetched() > before);
    }
    await broker.start();
    expect((await listener.eventsOf("ada", 3)).map(({ weight }) => weight)).toEqual([70, 71, 72]);
  });

  test("an ambiguous weigh-in waits until it is claimed, and the answer goes where MQTT 5 says", async () => {
    const { broker, listener, simulator } = await openHouse();
    simulator.person("Ada").weighsIn({ weight: 90, attribution: 1 });
    const [held] = await listener.eventsOf("ada", 1);
    expect(held).toMatchObject({ event_type: "weigh_in_ambiguous", weight: 90 });
    expect(listener.lastJson(ADA_STATE)).toMatchObject({ weight: null });
    const client = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    onTestFinished(() => client.endAsync(true));
    const answered = new Promise<{ payload: string; correlation: string }>((resolve) => {
      client.on("message", (_, payload, { properties }) =>
        resolve({ payload: payload.toString(), correlation: String(properties?.correlationData) }),
      );
    });
    await client.subscribeAsync("my/answers");
    await client.publishAsync(
      "weighbridge/bridge/request/claim",
      JSON.stringify({ person: "ada", weigh_in: held?.["weigh_in"] }),
      { qos: 1, properties: { responseTopic: "my/answers", correlationData: Buffer.from("mine") } },
    );
    const { payload, correlation } = await answered;
    expect(JSON.parse(payload)).toMatchObject({ status: "ok", data: { person: "ada", verdict: "claimed" } });
    expect(correlation).toBe("mine");
    const events = await listener.eventsOf("ada", 2);
    expect(events[1]).toMatchObject({ event_type: "weigh_in", weight: 90 });
    await until(() => listener.lastJson(ADA_STATE)?.["weight"] === 90);
  });

  test("a retained request is refused, since it would run at each start", async () => {
    const at = await house();
    await at.listener.publish("weighbridge/bridge/request/sync", JSON.stringify({ transaction: 7 }), { retain: true });
    await at.open("Ada");
    const answer = await until(() => at.listener.lastJson("weighbridge/bridge/response/sync"));
    expect(answer).toMatchObject({ status: "error", error: { code: "retained" }, transaction: 7 });
  });

  test("a wrong broker password is named in the log, and the bridge goes on once it is right", async () => {
    const folder = await mkdtemp(join(tmpdir(), "weighbridge-passwords-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const passwords = join(folder, "passwords");
    const setPassword = (password: string) =>
      execFileSync("mosquitto_passwd", ["-c", "-b", passwords, "bridge", password], { stdio: "ignore" });
    setPassword("another");
    const broker = await startMosquitto({ settings: [`password_file ${passwords}`] });
    onTestFinished(() => broker.remove());
    const at = await house({ config: { mqtt: { url: broker.url, username: "bridge", password: "rights-of-way" } } });
    at.bridge.start();
    await until(() => at.bridge.output.includes("mqtt.password"));
    expect(at.bridge.output).not.toContain("rights-of-way");
    setPassword("rights-of-way");
    await broker.restart();
    await until(() => at.bridge.output.includes("Online"));
  });

  test("a person who is removed from the configuration leaves nothing retained behind", async () => {
    const bea = { slug: "bea", name: "Bea" };
    const at = await house({ people: [ADA, bea] });
    await at.open("Ada", "Bea");
    at.simulator.person("Bea").weighsIn({ weight: 55 });
    await at.listener.eventsOf("bea", 1);
    await at.bridge.end("SIGTERM");
    await at.inhabit([ADA]);
    await at.open("Ada");
    const isOfBea = ({ topic, payload }: { readonly topic: string; readonly payload: string }) =>
      (topic.includes("/people/bea/") && !topic.endsWith("/weigh_in")) ||
      (topic.startsWith("homeassistant/device/") && payload.includes("/people/bea/"));
    const ofBea = () => [...new Set(at.listener.heard.filter(isOfBea).map(({ topic }) => topic))];
    expect(ofBea().length).toBeGreaterThan(5);
    await until(() => ofBea().every((topic) => at.listener.last(topic) === undefined));
  });

  test("a clean stop says offline; so does the broker when the bridge is killed", async () => {
    const at = await openHouse();
    await at.bridge.end("SIGTERM");
    await at.listener.hears(BRIDGE_STATE, "offline");
    await at.open("Ada");
    await at.bridge.end("SIGKILL");
    await at.listener.hears(BRIDGE_STATE, "offline");
  });

  test("1 000 people and 10 000 notifications at once: all handled, the callback never waits for the worker, memory bounded", {
    timeout: 240_000,
  }, async () => {
    const people = Array.from({ length: 1000 }, (_, index) => ({ slug: `p${index}`, name: `P${index}` }));
    const config = { home_assistant: { enabled: false }, callback: { per_minute: 60_000 } };
    // As the README says for a large installation: a save after each change would stop the broker again and again.
    const broker = { settings: ["autosave_on_changes false", "autosave_interval 60"] };
    const at = await house({ people, config, broker });
    at.bridge.start();
    // Whoever is subscribed to first: everybody has the same path.
    const url = await until(
      () => at.simulator.people.flatMap(({ subscriptions }) => subscriptions.live)[0]?.callbackUrl,
    );
    const polled = () => at.simulator.log.length;
    await until(() => at.listener.heard.filter(({ topic }) => topic.endsWith("/profile")).length >= 1000, 60_000);
    const idle = await memoryOf(at.bridge.pid);
    const date = at.simulator.clock.seconds();
    for (const { name } of people) at.simulator.person(name).weighsIn({ weight: 60, at: date });
    // No measures can be fetched while the notifications come.
    const outage = at.simulator.fail("hang", { service: "measure" });
    const answers = await notifyAll(url, at, people, date);
    outage.end();
    await until(() => at.listener.heard.filter(({ topic }) => topic.endsWith("/weigh_in")).length >= 1000, 120_000);
    const events = at.listener.heard.filter(({ topic }) => topic.endsWith("/weigh_in"));
    const { most } = await memoryOf(at.bridge.pid);
    process.stderr.write(`  ${JSON.stringify({ ...answers, idle: idle.now, most, calls: polled() })}\n`);
    expect(new Set(events.map(({ topic }) => topic)).size).toBe(1000);
    expect(events).toHaveLength(1000);
    expect(answers.accepted).toBe(10_000);
    expect(most - idle.now).toBeLessThan(250);
  });

  test("a second instance on the same state refuses to start and says why", async () => {
    const at = await openHouse();
    const second = await newBridgeProcess(JSON.parse(await readFile(at.bridge.configFile, "utf8")));
    onTestFinished(() => second.remove());
    await second.configure({
      ...JSON.parse(await readFile(at.bridge.configFile, "utf8")),
      state_dir: `${at.bridge.folder}/state`,
    });
    second.start();
    expect((await second.ended()).code).toBe(1);
    expect(second.output).toMatch(/already|another/i);
    expect(at.bridge.isRunning).toBe(true);
  });
});
