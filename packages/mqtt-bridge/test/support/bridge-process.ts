import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Person, type Simulator, startSimulator } from "@weighbridge/simulator";
import { freePort, startBroker, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished } from "vitest";
import { type Ended, weighbridge } from "./weighbridge.ts";

/** A folder with a weighbridge.yaml for Ada and Bob at a simulated original API, and a broker. */
export async function startHouse(more: object = {}) {
  const sim: Simulator = await startSimulator();
  onTestFinished(() => sim.stop());
  const broker = await startBroker();
  const people: Readonly<Record<"ada" | "bob", Person>> = { ada: sim.person("Ada"), bob: sim.person("Bob") };
  const folder = stateDir();
  const admin = `http://127.0.0.1:${await freePort()}`;
  const config = {
    state_dir: "state",
    api: { base_url: sim.url },
    mqtt: { url: broker.url },
    admin: { port: Number(new URL(admin).port) },
    timing: { repeat_call_s: 0 },
    people: Object.entries(people).map(([slug, { userId, publicKey }]) => ({
      ...{ slug, name: slug === "ada" ? "Ada" : "Bob", userid: userId, publickey: publicKey },
    })),
    ...more,
  };
  // JSON is YAML.
  const write = (others: object = {}) =>
    writeFileSync(join(folder, "weighbridge.yaml"), JSON.stringify({ ...config, ...others }), { mode: 0o600 });
  write();
  return {
    ...{ sim, broker, folder, admin, ...people, write },
    state: join(folder, "state"),
    /** A command in this folder. */
    run: (...args: string[]): Promise<Ended> => weighbridge(args, { cwd: folder }).ended(),
    /** The bridge, once it has read what there is. */
    async start() {
      const bridge = weighbridge(["run"], { cwd: folder });
      await bridge.says("Started");
      const states = await broker.subscribe("weighbridge/people/+/status");
      await expect
        .poll(
          () =>
            ["ada", "bob"].every((slug) =>
              states.on(`weighbridge/people/${slug}/status`).some((text) => JSON.parse(text).last_poll !== null),
            ),
          { timeout: 20_000 },
        )
        .toBe(true);
      return {
        ...bridge,
        async stop() {
          bridge.child.kill("SIGTERM");
          await bridge.ended();
        },
      };
    },
  };
}
