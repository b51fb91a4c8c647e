import { examplesOf, paletteFolder } from "@weighbridge/playground";
import type { Person } from "@weighbridge/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_RUNS } from "../src/example-runs.ts";
import { exampleVariables, type FlowRoom, openFlowRoom } from "../src/flow-room.ts";
import { type Listener, startListener } from "../src/listener.ts";
import { type Mosquitto, startMosquitto } from "../src/mosquitto.ts";
import { dashboardFolder, nodeOf, PAIRS, type Pair, redJsOf } from "../src/node-red-parts.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { startWebService, type WebService } from "../src/services.ts";
import { flowOf } from "../src/small-flow.ts";

const EXAMPLES = examplesOf("wbs");
/** Npm installs releases of Node and Node-RED the first time. */
const INSTALL_MS = 300_000;
const MODULE = "@weighbridge/node-red-nodes";
/** In the order of the palette. */
const TYPES = ["withings-account", "withings-weigh-in", "withings-getmeas", "withings-user", "withings-notify"];

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  let packages: string[];
  let broker: Mosquitto;
  let lamps: Listener;
  let web: WebService;

  beforeAll(async () => {
    packages = [await paletteFolder("palette"), await dashboardFolder()];
    broker = await startMosquitto();
    lamps = await startListener(broker.url);
    web = await startWebService();
  }, INSTALL_MS);
  afterAll(async () => {
    await web.close();
    await lamps.close();
    await broker.remove();
  });

  describe.each(PAIRS)("the packed nodes in Node-RED $nodeRed on Node $node", (pair) => {
    let room: FlowRoom;
    let names = 0;
    const somebody = () => room.person(`p${++names}`);
    /** An identical window would be asked for again only after 12 s. */
    const aMinuteAgo = () => room.simulator.clock.seconds() - 60;

    beforeAll(async () => {
      room = await open(pair);
    }, INSTALL_MS);
    afterAll(() => room.close());

    const open = async (asked: Pair) =>
      openFlowRoom({ redJs: await redJsOf(asked), node: await nodeOf(asked), packages });

    const smallFlow = (person: Person, account = room.accountOf(person)) => flowOf(room, person, account);

    test("runs on the releases that it names", () => {
      expect(room.nodeRed.log).toMatch(new RegExp(`Node-RED version: v${pair.nodeRed}\\.`));
      expect(room.nodeRed.log).toMatch(new RegExp(`Node.js {2}version: v${pair.node}\\.`));
    });

    test("every set loads without an error", async () => {
      const get = (path: string) =>
        fetch(`${room.nodeRed.url}${path}`, { headers: { Accept: "application/json" } }).then((r) => r.json());
      const sets = (await get("/nodes")) as { module: string; types: string[]; err?: string }[];
      expect(sets.filter(({ err }) => err !== undefined)).toEqual([]);
      expect(sets.filter(({ module }) => module === MODULE).flatMap(({ types }) => types)).toEqual(TYPES);
      const labels = (await get("/nodes/messages?lng=de")) as Record<string, unknown>;
      for (const type of TYPES) expect(labels).toHaveProperty([`${MODULE}/${type}`]);
      const icons = (await get("/icons")) as Record<string, string[]>;
      expect(icons[MODULE]).toHaveLength(TYPES.length);
    });

    test.each(EXAMPLES)("the example $name deploys and does what it says", async ({ name, nodes }) => {
      const person = somebody();
      const flow = room.fill(nodes, person, exampleVariables(room, web.url), broker.port);
      await room.deploy(flow, person);
      await EXAMPLE_RUNS[name]?.({ room, person, flow, web, lamps });
      expect(EXAMPLE_RUNS).toHaveProperty(name);
      expect(room.comms.shown.filter(({ name: node }) => node === "errors")).toEqual([]);
    });

    test("a weigh-in is one message within its callback, also when it is equal", async () => {
      const person = somebody();
      await room.deploy(smallFlow(person), person);
      person.weighsIn({ weight: 81.4, at: aMinuteAgo() });
      await room.comms.values(`d-${person.name}`, 1);
      person.weighsIn({ weight: 81.4 });
      const events = (await room.comms.values(`d-${person.name}`, 2)) as { event_id: string; weight: number }[];
      expect(events.map(({ weight }) => weight)).toEqual([81.4, 81.4]);
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(2);
    });

    test.each(["nodes", "flows"] as const)(
      "a deploy of the changed %s alone leaves one node that listens",
      async (type) => {
        const person = somebody();
        const flow = smallFlow(person);
        await room.deploy(flow, person);
        const renamed = flow.map((node) => (node.type === "withings-account" ? { ...node, name: "Ada" } : node));
        await room.nodeRed.deploy(renamed, type);
        person.weighsIn({ weight: 81.4 });
        const [event] = await room.comms.values(`d-${person.name}`, 1);
        expect(event).toMatchObject({ person: "Ada", weight: 81.4 });
        expect(person.subscriptions.live).toHaveLength(1);
      },
    );

    test.each(["SIGTERM", "SIGKILL"] as const)(
      "after %s in the middle it goes on where it was: what was weighed meanwhile comes once",
      async (signal) => {
        const person = somebody();
        await room.deploy(smallFlow(person), person);
        person.weighsIn({ weight: 80 });
        await room.comms.values(`d-${person.name}`, 1);
        const code = await room.restart(signal, () => void person.weighsIn({ weight: 81.5 }));
        if (signal === "SIGTERM") expect(code).toBe(0);
        const [event] = (await room.comms.values(`d-${person.name}`, 1)) as Record<string, unknown>[];
        expect(event).toMatchObject({ event_type: "weigh_in", weight: 81.5, change: 1.5 });
        person.weighsIn({ weight: 82 });
        const events = (await room.comms.values(`d-${person.name}`, 2)) as Record<string, unknown>[];
        expect(events.map(({ weight }) => weight)).toEqual([81.5, 82]);
        expect(person.subscriptions.live).toHaveLength(1);
      },
    );

    test("a wrong publickey reaches the Catch node with its code, and stands below the weigh-in node", async () => {
      const person = somebody();
      await room.nodeRed.deploy(
        smallFlow(person, { generation: "wbs", userId: person.userId, publicKey: "0123456789abcdef" }),
      );
      await room.comms.showsStatus(`w-${person.name}`, "not_shared");
      await room.nodeRed.inject(`i-${person.name}`);
      const [error] = (await room.comms.values(`e-${person.name}`, 1)) as Record<string, unknown>[];
      expect(error).toMatchObject({ code: "not_shared" });
    });

    test("with the API down a message fails with its code, and the weigh-in comes when the API is back", async () => {
      const person = somebody();
      await room.deploy(smallFlow(person), person);
      const outage = room.simulator.fail("drop");
      person.weighsIn({ weight: 81.4 });
      await room.nodeRed.inject(`i-${person.name}`);
      const [error] = (await room.comms.values(`e-${person.name}`, 1)) as Record<string, unknown>[];
      expect(error).toMatchObject({ code: "network" });
      outage.end();
      const [event] = (await room.comms.values(`d-${person.name}`, 1)) as Record<string, unknown>[];
      expect(event).toMatchObject({ weight: 81.4 });
    });

    test("no log line holds a key", () => {
      for (const { publicKey } of room.simulator.people) expect(room.nodeRed.log).not.toContain(publicKey);
      expect(room.nodeRed.log).not.toMatch(/uncaught|unhandled/i);
    });
  });
});
