import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fileTokenStore } from "@weighbridge/core";
import { until } from "@weighbridge/testing/parts";
import { expect, onTestFinished, test } from "vitest";
import { RotatingService } from "../src/rotating-service.ts";

const PROGRAM = fileURLToPath(new URL("../src/refreshing.ts", import.meta.url));
const KILLS = Number(process.env["E2E_CONSENT_KILLS"] ?? 60);

/** Around the answer to a refresh: before and after the draft, the rename, and the first use of the new token. */
const LONGEST_WAIT_MS = 8;

test(`PUB-AUTH-2, PUB-AUTH-12, PUB-AUTH-14: ${KILLS} kills around a refresh never lose the consent`, {
  timeout: 600_000,
}, async () => {
  const directory = join(await mkdtemp(join(tmpdir(), "weighbridge-consent-")), "grants");
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const service = new RotatingService();
  const url = await service.start();
  onTestFinished(() => service.stop());
  const now = Math.floor(Date.now() / 1000);
  const tokens = fileTokenStore({ directory });
  await tokens.write("ada", {
    ...{ userId: "77", clientId: "client", accessToken: "access-1", refreshToken: "refresh-1", scope: "user.info" },
    ...{ accessEndsAt: now + 10_800, refreshIssuedAt: now, revision: 1 },
  });
  let child: ChildProcess | undefined;
  const begin = () => {
    child = spawn(process.execPath, ["--conditions=@weighbridge/source", PROGRAM, directory, url], { stdio: "ignore" });
    return child;
  };
  for (let kill = 0; kill < KILLS; kill++) {
    const life = begin();
    // Some lives renew a few times before they end.
    const nth = service.refreshes + 1 + (kill % 4);
    const refreshed = Promise.withResolvers<void>();
    service.onRefreshed = () => {
      if (service.refreshes >= nth) refreshed.resolve();
    };
    await Promise.race([refreshed.promise, sleep(10_000)]);
    await sleep((kill * 7) % (LONGEST_WAIT_MS + 1));
    life.kill("SIGKILL");
    await once(life, "exit");
    expect(service.refused, `after kill ${kill + 1}`).toBe(0);
  }
  const { served } = service;
  const last = begin();
  await until(() => service.served > served + 3);
  last.kill("SIGKILL");
  await once(last, "exit");
  expect(service.refused).toBe(0);
  expect(service.refreshes).toBeGreaterThan(KILLS);
});
