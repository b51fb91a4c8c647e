import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { systemClock } from "@weighbridge/core";
import { startSimulator } from "@weighbridge/simulator";
import { stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { openGrants } from "../../src/grants/grants.ts";

const READ_DEVICES = fileURLToPath(new URL("../support/read-devices.ts", import.meta.url));
const run = promisify(execFile);

test("PUB-STORE-2: processes that use one grant at once, with its access token ended, renew it once and all go on", async () => {
  const sim = await startSimulator();
  onTestFinished(() => sim.stop());
  const app = sim.application({ clientId: "client", clientSecret: "s3cr3t", quirks: { sameArgumentsS: 0 } });
  const { accessToken, refreshToken, userId } = app.authorizes(sim.person("Ada"));
  const directory = stateDir();
  const now = Math.floor(Date.now() / 1000);
  const tokens = openGrants(directory, systemClock);
  await tokens.write("ada", {
    ...{ userId: String(userId), clientId: "client", accessToken, refreshToken, scope: "user.info,user.metrics" },
    ...{ accessEndsAt: now - 1, refreshIssuedAt: now - 10_800, revision: 1 },
  });
  const args = ["--conditions=@weighbridge/source", READ_DEVICES, directory, sim.url];
  const answers = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, args)));
  expect(answers.map(({ stdout }) => stdout)).toEqual(["1", "1", "1", "1"]);
  const renewals = sim.log.filter((entry) => entry.kind === "call" && entry.action === "requesttoken");
  expect(renewals).toHaveLength(1);
  expect(await tokens.read("ada")).toMatchObject({ revision: 2 });
});
