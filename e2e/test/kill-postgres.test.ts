import { readFile } from "node:fs/promises";
import { freePort, hasPostgres, Postgres, until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test, vi } from "vitest";
import { newBridgeProcess } from "../src/bridge-process.ts";
import { makeHouse } from "../src/house.ts";
import { runKills } from "../src/kill-run.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { startWitness } from "../src/witness.ts";

const KILLS = Number(process.env["E2E_POSTGRES_KILLS"] ?? 20);
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

  test("a bridge that was frozen until another one took its place wakes, publishes nothing and ends", async () => {
    const server = await Postgres.start();
    onTestFinished(() => server.remove());
    // Every process that is started from here on takes it from its environment.
    vi.stubEnv("WEIGHBRIDGE_STORE", server.urlOf(server.emptyDatabase()));
    onTestFinished(() => void vi.unstubAllEnvs());
    const house = await makeHouse();
    onTestFinished(() => house.close());
    const { bridge: first, broker, simulator } = house;
    const witness = await startWitness(broker.url);
    onTestFinished(() => witness.close());
    await house.open("Ada");
    const weighsIn = async (weight: number) => {
      const { grpid } = simulator.person("Ada").weighsIn({ weight });
      await until(() => witness.byWeighIn.has(`ada ${grpid} weigh_in`));
    };
    await weighsIn(70);

    process.kill(first.pid as number, "SIGSTOP");
    // As the server does it where a machine says nothing for long.
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'weighbridge on %'");
    const port = await freePort();
    const config = JSON.parse(await readFile(first.configFile, "utf8"));
    const callback = { ...config.callback, port, public_url: `http://127.0.0.1:${port}` };
    const second = await newBridgeProcess({ ...config, callback });
    onTestFinished(() => second.remove());
    second.start();
    await until(() => second.output.includes("Online"));
    await weighsIn(71);
    process.kill(first.pid as number, "SIGCONT");
    expect(await first.ended()).toMatchObject({ code: 1 });
    expect(first.output).toContain("The store failed; ending");
    await weighsIn(72);
    expect([...witness.byEvent.values()]).toEqual([1, 1, 1]);
  });
});
