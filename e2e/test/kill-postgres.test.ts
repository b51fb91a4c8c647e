import { hasPostgres } from "@weighbridge/testing/parts";
import { expect, test } from "vitest";
import { runKills } from "../src/kill-run.ts";
import { describeWith, isInstalled } from "../src/parts.ts";

const KILLS = Number(process.env["E2E_POSTGRES_KILLS"] ?? 30);
const SEED = Number(process.env["E2E_SEED"] ?? Date.now() % 1_000_000);
const STEPS = ["inbox", "answered", "committed", "handed", "pubrec", "pubrel-stored", "pubcomp"];
const onProgress = (line: string) => process.stderr.write(`  ${line}\n`);

describeWith("Mosquitto and PostgreSQL", isInstalled("mosquitto") && hasPostgres(), () => {
  test(`${KILLS} kills, some of them crashes of the database server: every weigh-in comes exactly once`, {
    timeout: 1_500_000,
  }, async () => {
    const result = await runKills({
      ...{ kills: KILLS, seed: SEED, store: "postgres", databaseCrashesEvery: 10, onProgress },
    });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(KILLS);
    expect(result.early).toBeGreaterThan(0);
  });

  const atSteps = Math.ceil(KILLS / 2);
  test(`${atSteps} kills at the steps of the way: each weigh-in comes exactly once`, {
    timeout: 1_500_000,
  }, async () => {
    const result = await runKills({ kills: atSteps, seed: SEED, points: STEPS, store: "postgres", onProgress });
    onProgress(JSON.stringify({ seed: SEED, ...result }));
    expect(result).toMatchObject({ kills: atSteps, lost: 0, twice: 0 });
    expect(result.weighIns).toBeGreaterThan(atSteps);
  });
});
