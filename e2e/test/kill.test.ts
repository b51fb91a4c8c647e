import { expect, test } from "vitest";
import { runKills } from "../src/kill-run.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const KILLS = Number(process.env["E2E_KILLS"] ?? 80);
const SEED = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000);
const STEPS = ["inbox", "answered", "committed", "handed", "pubrec", "pubrel-stored", "pubcomp"];
/**
 * KNOWN FAULT: under steady load, kills within the first lives of a new database were seen to send one window of events twice (8 of 387, 2 of
 * 32 590; most runs have none). Until its cause is found a run may repeat as many as the broker takes at once; E2E_TWICE=0 is the promise.
 */
const MOST_TWICE = Number(process.env["E2E_TWICE"] ?? 20);
const onProgress = (line: string) => process.stderr.write(`  ${line}\n`);

describeWith("Mosquitto", isInstalled("mosquitto"), () => {
  test(`${KILLS} kills at random instants: every weigh-in reaches a persistent subscriber, at most one window of them twice`, {
    timeout: 1_500_000,
  }, async () => {
    const result = await runKills({ kills: KILLS, seed: SEED, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ kills: KILLS, lost: 0 });
    expect(result.twice).toBeLessThanOrEqual(MOST_TWICE);
    expect(result.weighIns).toBeGreaterThan(KILLS);
    expect(result.early).toBeGreaterThan(0);
    expect(result.deletions).toBeGreaterThan(0);
  });

  const todaysKills = Math.ceil(KILLS / 4);
  test(`${todaysKills} kills at today's API, where every weigh-in is called twice and more: none is lost, at most one window comes twice`, {
    timeout: 900_000,
  }, async () => {
    const result = await runKills({ kills: todaysKills, seed: SEED + 1, generation: "public", onProgress });
    onProgress(JSON.stringify({ seed: SEED + 1, ...result }));
    expect(result).toMatchObject({ kills: todaysKills, lost: 0 });
    expect(result.twice).toBeLessThanOrEqual(MOST_TWICE);
    expect(result.weighIns).toBeGreaterThan(todaysKills);
    expect(result.early).toBeGreaterThan(0);
  });

  test("a kill at each step of the way: none is lost, at most one window comes twice", {
    timeout: 300_000,
  }, async () => {
    const result = await runKills({ kills: STEPS.length * 4, seed: SEED, points: STEPS, onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ lost: 0 });
    expect(result.twice).toBeLessThanOrEqual(MOST_TWICE);
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
