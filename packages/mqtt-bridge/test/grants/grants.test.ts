import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@weighbridge/core";
import { tokenStoreContract } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { openGrants } from "../../src/grants/grants.ts";

tokenStoreContract("the store of the bridge", async () => {
  const directory = stateDir();
  return { open: () => openGrants(directory, systemClock) };
});

/** Another process that holds the lock of Ada's grant until it is ended. */
async function holder(directory: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["--conditions=@weighbridge/source", join(import.meta.dirname, "hold-lock.ts"), directory],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child;
}

test("PUB-STORE-1, PUB-STORE-2: another process keeps us out of a grant, and of no other, until it is killed", async () => {
  const directory = stateDir();
  const child = await holder(directory);
  const grants = openGrants(directory, systemClock);
  let isOurs = false;
  const ours = grants.exclusively("ada", async () => {
    isOurs = true;
  });
  await grants.exclusively("bob", async () => {});
  expect(isOurs).toBe(false);
  child.kill("SIGKILL");
  await ours;
  expect(isOurs).toBe(true);
});

test("a lock that cannot be made says that the tokens cannot be kept, and what to do", async () => {
  const directory = stateDir();
  mkdirSync(join(directory, "grants"), { mode: 0o700 });
  // A file where the folder of the locks must be: like a full disk, and for root, too.
  writeFileSync(join(directory, "grants", "locks"), "");
  const work = openGrants(directory, systemClock).exclusively("ada", async () => {});
  await expect(work).rejects.toMatchObject({
    code: "tokens_not_stored",
    actor: "operator",
    remedy: expect.stringContaining("Free space"),
  });
});
