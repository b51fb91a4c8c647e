import { createWbsClient } from "@weighbridge/core";
import { startSimulator } from "@weighbridge/simulator";
import { expect, onTestFinished, test } from "vitest";

test("a weigh-in can be read, and an error is met", async () => {
  const sim = await startSimulator();
  onTestFinished(() => sim.stop());
  const ada = sim.person("Ada", { heightM: 1.68 });
  ada.weighsIn({ weight: 68.45, fatRatio: 22.4 });

  const client = createWbsClient({ baseUrl: sim.url, retries: 0 });
  const newest = { userId: ada.userId, publicKey: ada.publicKey, limit: 1 };
  const { groups } = await client.measure.getMeas(newest);
  expect(groups[0]?.measures[0]).toMatchObject({ type: "weight", value: 68.45 });

  sim.fail("2555").times(1);
  await expect(client.measure.getMeas(newest)).rejects.toMatchObject({ status: 2555 });
});
