import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { examplesOf, paletteFolder } from "@weighbridge/playground";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_RUNS } from "../src/example-runs.ts";
import { exampleVariables, type FlowRoom, openFlowRoom } from "../src/flow-room.ts";
import { type Listener, startListener } from "../src/listener.ts";
import { type Mosquitto, startMosquitto } from "../src/mosquitto.ts";
import { dashboardFolder, nodeOf, redJsOf } from "../src/node-red-parts.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { startWebService, type WebService } from "../src/services.ts";
import { flowOf } from "../src/small-flow.ts";

/** Npm installs releases of Node and Node-RED the first time. */
const INSTALL_MS = 300_000;
/** One example subscribes and lists again and again, at the service's pace. */
const EXAMPLE_MS = 180_000;
const PAIR = { nodeRed: "5", node: "24" } as const;

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  describe("the packed nodes at today's API", () => {
    let room: FlowRoom;
    let broker: Mosquitto;
    let lamps: Listener;
    let web: WebService;
    let names = 0;
    const somebody = () => room.person(`p${++names}`);

    beforeAll(async () => {
      const packages = [await paletteFolder("palette-today"), await dashboardFolder()];
      broker = await startMosquitto();
      lamps = await startListener(broker.url);
      web = await startWebService();
      const parts = { redJs: await redJsOf(PAIR), node: await nodeOf(PAIR), packages };
      room = await openFlowRoom({ ...parts, generation: "public" });
    }, INSTALL_MS);
    afterAll(async () => {
      await room.close();
      await web.close();
      await lamps.close();
      await broker.remove();
    });

    const grantOf = async (name: string): Promise<{ readonly revision: number; readonly refreshToken: string }> =>
      JSON.parse(await readFile(join(room.nodeRed.options.userDir, "weighbridge", "grants", `a-${name}.json`), "utf8"));

    test.each(examplesOf("public"))(
      "the example $name deploys and does what it says",
      async ({ name, nodes }) => {
        const person = somebody();
        const flow = room.fill(nodes, person, exampleVariables(room, web.url), broker.port);
        await room.deploy(flow, person);
        await EXAMPLE_RUNS[name]?.({ room, person, flow, web, lamps });
        expect(EXAMPLE_RUNS).toHaveProperty(name);
        expect(room.comms.shown.filter(({ name: node }) => node === "errors")).toEqual([]);
      },
      EXAMPLE_MS,
    );

    test.each(["SIGTERM", "SIGKILL"] as const)(
      "after %s in the middle the consent and the weigh-ins go on where they were",
      async (signal) => {
        const person = somebody();
        await room.deploy(flowOf(room, person, room.accountOf(person)), person);
        person.weighsIn({ weight: 80 });
        await room.comms.values(`d-${person.name}`, 1);
        const before = await grantOf(person.name);
        await room.restart(signal, () => void person.weighsIn({ weight: 81.5 }));
        const [event] = (await room.comms.values(`d-${person.name}`, 1)) as Record<string, unknown>[];
        expect(event).toMatchObject({ event_type: "weigh_in", weight: 81.5, change: 1.5 });
        expect((await grantOf(person.name)).revision).toBeGreaterThanOrEqual(before.revision);
      },
    );

    test("a deploy of the renamed account keeps the consent, and one subscription", async () => {
      const person = somebody();
      const flow = flowOf(room, person, room.accountOf(person));
      await room.deploy(flow, person);
      const renamed = flow.map((node) => (node.type === "withings-account" ? { ...node, name: "Ada" } : node));
      await room.nodeRed.deploy(renamed, "nodes");
      person.weighsIn({ weight: 81.4 });
      const [event] = await room.comms.values(`d-${person.name}`, 1);
      expect(event).toMatchObject({ person: "Ada", weight: 81.4 });
      expect(room.callbacksOf(person)).toHaveLength(1);
    });

    test("no log line, flow or credentials file holds a token or the secret", async () => {
      const { userDir } = room.nodeRed.options;
      const { refreshToken } = await grantOf(`p${names}`);
      const files = ["flows.json", "flows_cred.json"].map((file) => readFile(join(userDir, file), "utf8"));
      for (const text of [room.nodeRed.log, ...(await Promise.all(files))])
        for (const secret of [refreshToken, room.application?.clientSecret ?? ""]) expect(text).not.toContain(secret);
      expect(room.nodeRed.log).not.toMatch(/uncaught|unhandled/i);
    });
  });
});
