import { expect, test } from "vitest";
import { runKills } from "../src/kill-run.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const KILLS = Number(process.env["E2E_KILLS"] ?? 120);
const SEED = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000);
const STEPS = ["inbox", "answered", "committed", "handed", "pubrec", "pubrel-stored", "pubcomp"];
const onProgress = (line: string) => process.stderr.write(`  ${line}\n`);

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test(`${KILLS} kills at random instants: every weigh-in reaches a persistent subscriber exactly once`, {
    timeout: 1_500_000,
  }, async () => {
    const result = await runKills({ kills: KILLS, seed: SEED, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(KILLS);
    expect(result.early).toBeGreaterThan(KILLS);
    expect(result.deletions).toBeGreaterThan(KILLS / 4);
  });

  const todaysKills = Math.ceil(KILLS / 4);
  test(`${todaysKills} kills at today's API, where every weigh-in is called twice and more: exactly once`, {
    timeout: 900_000,
  }, async () => {
    const result = await runKills({ kills: todaysKills, seed: SEED + 1, generation: "public", onProgress });
    onProgress(JSON.stringify({ seed: SEED + 1, ...result }));
    expect(result).toMatchObject({ kills: todaysKills, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(todaysKills);
    expect(result.early).toBeGreaterThan(todaysKills);
  });

  test("a kill at each step of the way: exactly once", { timeout: 300_000 }, async () => {
    const result = await runKills({ kills: STEPS.length * 4, seed: SEED, points: STEPS, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ lost: 0, twice: 0 });
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
