import { until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test } from "vitest";
import { makeHouse } from "../src/house.ts";
import { runKills } from "../src/kill-run.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { startWitness } from "../src/witness.ts";

const KILLS = Number(process.env["E2E_KILLS"] ?? 40);
const SEED = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000);
const STEPS = ["inbox", "answered", "committed", "handed", "pubrec", "pubrel-stored", "pubcomp"];
const onProgress = (line: string) => process.stderr.write(`  ${line}\n`);

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test(`${KILLS} kills at random instants: every weigh-in reaches a persistent subscriber exactly once`, {
    timeout: KILLS * 15_000,
  }, async () => {
    const result = await runKills({ kills: KILLS, seed: SEED, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(KILLS);
    expect(result.early).toBeGreaterThan(0);
    expect(result.deletions).toBeGreaterThan(0);
  });

  const todaysKills = Math.ceil(KILLS / 4);
  test(`${todaysKills} kills at today's API, where every weigh-in is called twice and more: each comes exactly once`, {
    timeout: KILLS * 15_000,
  }, async () => {
    const result = await runKills({ kills: todaysKills, seed: SEED + 1, generation: "public", onProgress });
    onProgress(JSON.stringify({ seed: SEED + 1, ...result }));
    expect(result).toMatchObject({ kills: todaysKills, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(todaysKills);
    expect(result.early).toBeGreaterThan(0);
  });

  test("a kill at each step of the way: each weigh-in comes exactly once", {
    timeout: 300_000,
  }, async () => {
    const result = await runKills({ kills: STEPS.length * 4, seed: SEED, points: STEPS, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ lost: 0, twice: 0 });
  });

  // Mosquitto keeps no session over its restart that began with a clean start, as that of an empty outbox once did.
  test("a broker that restarts while no bridge runs still knows an event that a bridge with an empty outbox had published", async () => {
    const house = await makeHouse();
    onTestFinished(() => house.close());
    const { bridge, broker, simulator } = house;
    const witness = await startWitness(broker.url);
    onTestFinished(() => witness.close());
    await house.open("Ada");
    await bridge.end("SIGTERM");
    bridge.start({ step: "pubcomp", nth: 1 });
    simulator.person("Ada").weighsIn({ weight: 70 });
    await bridge.ended();
    await broker.restart();
    bridge.start();
    const { grpid } = simulator.person("Ada").weighsIn({ weight: 71 });
    // Events come in order: a repeat of the first would be here before it.
    await until(() => witness.byWeighIn.has(`ada ${grpid} weigh_in`));
    expect([...witness.byEvent.values()]).toEqual([1, 1]);
  });

  test("control: where callbacks are answered and forgotten, the same run does not pass", {
    timeout: 300_000,
  }, async () => {
    const result = await runKills({ kills: 20, seed: SEED, forgetsEvery: 3, patienceMs: 20_000, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result.lost).toBeGreaterThan(0);
  });

  test("control: with a broker that forgets, and restarts often enough to show it, the run does not pass", {
    timeout: 300_000,
  }, async () => {
    const result = await runKills({
      kills: 20,
      seed: SEED,
      isBrokerPersistent: false,
      restartsEvery: 2,
      patienceMs: 20_000,
      onProgress,
    });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result.lost + result.twice).toBeGreaterThan(0);
  });
});
