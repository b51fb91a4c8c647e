import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Application,
  Consent,
  createPublicClient,
  fileTokenStore,
  systemClock,
  WeighbridgeError,
} from "@weighbridge/core";
import { until } from "@weighbridge/testing/parts";
import { describe, expect, onTestFinished, test } from "vitest";
import { ADA, makeHouse } from "../src/house.ts";
import { describeWith, isInstalled } from "../src/parts.ts";
import { RotatingService } from "../src/rotating-service.ts";
import { canMount, SmallDisk } from "../src/small-disk.ts";

const WAYS = [
  ["has no room for the draft's content", (disk: SmallDisk) => disk.takeSpace()],
  ["has no room for one more file", (disk: SmallDisk) => disk.takeFiles()],
] as const;

async function world() {
  const disk = new SmallDisk(mkdtempSync(join(tmpdir(), "weighbridge-full-")), { kilobytes: 64, files: 40 });
  onTestFinished(() => {
    disk.unmount();
    rmSync(disk.path, { recursive: true, force: true });
  });
  const service = new RotatingService();
  const baseUrl = await service.start();
  onTestFinished(() => service.stop());
  const directory = join(disk.path, "grants");
  /** As after a start: with nothing in memory. */
  const start = () => {
    const tokens = fileTokenStore({ directory });
    const client = createPublicClient({
      ...{ clientId: "client", clientSecret: "secret", baseUrl, tokens, retries: 0 },
      application: new Application({ callsPerMinute: 1_000_000, repeatCallMs: 0 }),
    });
    const ada = client.person("ada", "77");
    return { tokens, client, read: () => ada.devices().catch((error: unknown) => error) };
  };
  const now = Math.floor(Date.now() / 1000);
  const grant = {
    ...{ userId: "77", clientId: "client", accessToken: "access-1", refreshToken: "refresh-1", scope: "user.info" },
    ...{ accessEndsAt: now - 1, refreshIssuedAt: now, revision: 1 },
  };
  return { disk, service, directory, start, grant, content: () => readFileSync(join(directory, "ada.json"), "utf8") };
}

const NOT_STORED = {
  ...{ code: "tokens_not_stored", actor: "operator" },
  message: expect.stringMatching(/could not be written to .*ada\.json \(ENOSPC\)/),
  remedy: expect.stringContaining("Free"),
};

describe.skipIf(!canMount)("a full disk (needs the right to mount one)", () => {
  test.each(WAYS)("that %s keeps the stored tokens, and the new ones until there is room", async (_, fill) => {
    const { disk, service, directory, start, grant, content } = await world();
    const { tokens, read } = start();
    await tokens.write("ada", grant);
    const before = content();
    fill(disk);
    for (let time = 0; time < 3; time++) expect(await read()).toMatchObject(NOT_STORED);
    expect([content(), readdirSync(directory)]).toEqual([before, ["ada.json"]]);
    disk.free();
    expect(await read()).toEqual([]);
    expect(service).toMatchObject({ refreshes: 1, refused: 0, served: 1 });
    expect(await tokens.read("ada")).toMatchObject({ revision: 2, refreshToken: "refresh-2" });
  });

  test.each(WAYS)("that %s survives restarts: the stored tokens still work afterwards", async (_, fill) => {
    const { disk, service, start, grant, content } = await world();
    await start().tokens.write("ada", grant);
    const before = content();
    fill(disk);
    for (let time = 0; time < 3; time++) expect(await start().read()).toMatchObject(NOT_STORED);
    expect(content()).toBe(before);
    disk.free();
    expect(await start().read()).toEqual([]);
    expect(service).toMatchObject({ refused: 0, served: 1 });
  });

  test.each(WAYS)("that %s hides no refusal of the service, and a new consent ends both", async (_, fill) => {
    const { disk, start, grant } = await world();
    const { tokens, read } = start();
    await tokens.write("ada", { ...grant, refreshToken: "refresh-77" });
    fill(disk);
    expect(await read()).toMatchObject({ code: "grant_ended", actor: "person" });
    disk.free();
    await tokens.write("ada", { ...grant, revision: 2 });
    expect(await read()).toEqual([]);
  });

  test.each(WAYS)("that %s fails a consent with what to do, and the next link works", async (_, fill) => {
    const { disk, start, grant } = await world();
    const { tokens, client } = start();
    await tokens.write("other", { ...grant, userId: "78" });
    const consent = new Consent({
      ...{ name: "ada", tokens, clock: systemClock, redirectUrl: "http://localhost/" },
      client: { ...client, exchange: async () => grant },
    });
    const redirect = () => `?code=abc&state=${new URL(consent.newLink()).searchParams.get("state")}`;
    fill(disk);
    expect(await consent.take(redirect(), true)).toMatchObject({ is: "failed", problem: { code: NOT_STORED.code } });
    disk.free();
    expect(await consent.take(redirect(), true)).toMatchObject({ is: "authorized" });
  });

  test("leaves the first consent for a folder that cannot be made to the next link", async () => {
    const { disk, start, grant } = await world();
    disk.takeFiles();
    const error = await start()
      .tokens.write("ada", grant)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WeighbridgeError);
    expect(error).toMatchObject(NOT_STORED);
    disk.free();
    await start().tokens.write("ada", grant);
  });
});

describe.skipIf(!canMount)("a bridge on a full disk (needs the right to mount one)", () => {
  describeWith("Mosquitto", isInstalled("mosquitto"), fullDiskOfBridge);
});

function fullDiskOfBridge(): void {
  async function bridgeOnSmallDisk() {
    const house = await makeHouse({ generation: "public", people: [ADA] });
    onTestFinished(() => house.close());
    const state = join(house.bridge.folder, "state");
    const disk = new SmallDisk(state, { kilobytes: 8192, files: 100 });
    onTestFinished(() => disk.unmount());
    await house.inhabit([ADA]);
    await house.open("Ada");
    // The subscription is reported: nothing more is written until something happens.
    await until(() => house.listener.lastJson("weighbridge/people/ada/subscription")?.["status"] === "active");
    const stored = () => readFileSync(join(state, "grants", "ada.json"), "utf8");
    return { house, disk, stored, ada: house.person("Ada") };
  }

  test("a bridge that can make no more files says what to do, and goes on by itself when it can", async () => {
    const { house, disk, stored, ada } = await bridgeOnSmallDisk();
    const before = stored();
    disk.takeFiles();
    house.simulator.fail("401", { action: "getmeas" }).times(1);
    ada.weighsIn({ weight: 71 });
    const problem = () => house.listener.lastJson("weighbridge/people/ada/status")?.["problem"];
    await until(() => problem() != null);
    expect(problem()).toMatchObject({ code: "tokens_not_stored", remedy: NOT_STORED.remedy });
    expect(stored()).toBe(before);
    disk.free();
    await house.listener.publish("weighbridge/bridge/request/sync", '{"person":"ada"}');
    expect(await house.listener.eventsOf("ada", 1)).toMatchObject([{ weight: 71 }]);
    expect(house.bridge.isRunning).toBe(true);
    await until(() => problem() === null);
  });

  test("a bridge without room for a byte ends with what to do, and the next start goes on with the tokens and the weigh-in", async () => {
    const { house, disk, stored, ada } = await bridgeOnSmallDisk();
    const before = stored();
    disk.takeSpace();
    house.simulator.fail("401", { action: "getmeas" }).times(1);
    ada.weighsIn({ weight: 72 });
    expect(await house.bridge.ended()).toMatchObject({ code: 1 });
    expect(house.bridge.output).toContain("on a disk with free space");
    expect(stored()).toBe(before);
    house.bridge.start();
    expect(await house.bridge.ended()).toMatchObject({ code: 1 });
    disk.free();
    house.bridge.start();
    expect(await house.listener.eventsOf("ada", 1)).toMatchObject([{ weight: 72 }]);
  });
}
