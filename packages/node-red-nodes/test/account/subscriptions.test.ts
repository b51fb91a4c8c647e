import type { SubscriptionReport } from "@weighbridge/core";
import { serve, startWorld } from "@weighbridge/testing";
import { describe, expect, test, vi } from "vitest";
import { adasAccount, newListener, recordIn } from "../support/account.ts";

const DAY_MS = 86_400_000;

async function subscribed(path = "/one", directory?: string) {
  const world = await startWorld();
  return { world, ...(await subscribe(world, await serve(), path, directory)) };
}

async function subscribe(
  world: Awaited<ReturnType<typeof startWorld>>,
  base: string,
  path: string,
  directory?: string,
) {
  const made = await adasAccount(world, directory === undefined ? {} : { directory });
  const { listener, problems } = newListener();
  await made.account.attach(listener);
  const reports: SubscriptionReport[] = [];
  const callbackUrl = `${base}${path}`;
  made.account.keepSubscription({
    nodeId: "w1",
    callbackUrl,
    comment: "test",
    onReport: (report) => reports.push(report),
  });
  await vi.waitFor(() => expect(reports).toHaveLength(1));
  return { ...made, base, callbackUrl, listener, problems, reports };
}

const urls = (world: Awaited<ReturnType<typeof startWorld>>) =>
  world.ada.subscriptions.live.map(({ callbackUrl }) => callbackUrl);

describe("a subscription", () => {
  test("is made, with the comment that the person sees", async () => {
    const { world, callbackUrl, reports } = await subscribed();
    expect(reports[0]?.status).toBe("made");
    expect(world.ada.subscriptions.get(callbackUrl)?.comment).toBe("test");
  });

  test("stays at the API when the account stops, and is not made again at the next start", async () => {
    const { world, account, base, directory } = await subscribed();
    await account.stop();
    expect(urls(world)).toHaveLength(1);
    const again = await subscribe(world, base, "/one", directory);
    expect(again.reports[0]?.status).toBe("active");
    expect(world.calls("subscribe")).toHaveLength(1);
  });

  test("is renewed when less than seven days are left", async () => {
    const { world, account, base, directory } = await subscribed();
    await account.stop();
    await world.clock.advance(15 * DAY_MS);
    const { reports } = await subscribe(world, base, "/one", directory);
    expect(reports[0]?.status).toBe("renewed");
    expect(world.calls("subscribe")).toHaveLength(2);
  });

  test("is made again when it was lost", async () => {
    const { world, callbackUrl, reports } = await subscribed();
    world.ada.subscriptions.remove(callbackUrl);
    await vi.waitFor(() => expect(world.clock.sleeping).toBeGreaterThanOrEqual(2));
    await world.clock.advance(DAY_MS + 1);
    await vi.waitFor(() => expect(reports.map(({ status }) => status)).toEqual(["made", "made"]));
    expect(urls(world)).toEqual([callbackUrl]);
  });

  test("takes the place of the one under an earlier address", async () => {
    const { world, account, base, directory } = await subscribed("/one");
    await account.stop();
    await subscribe(world, base, "/two", directory);
    expect(urls(world)).toEqual([`${base}/two`]);
  });

  test("brings what was weighed after the first poll and before it was made", async () => {
    const world = await startWorld();
    const { account, stateFile } = await adasAccount(world);
    const { listener, events } = newListener();
    await account.attach(listener);
    await vi.waitFor(async () => expect((await recordIn(stateFile)).cursor).not.toBeNull());
    world.ada.weighsIn({ weight: 81.4 });
    const callbackUrl = `${await serve()}/late`;
    account.keepSubscription({ nodeId: "w1", callbackUrl, comment: "test", onReport: () => {} });
    await vi.waitFor(() => expect(events).toMatchObject([{ values: { weight: 81.4 } }]));
  });

  test("is ended when its node is removed and says so", async () => {
    const { world, account } = await subscribed();
    await account.revokeSubscription("w1");
    expect(urls(world)).toEqual([]);
  });

  test("that cannot be ended in time does not hold up the close", async () => {
    const { world, account } = await subscribed();
    world.sim.fail("hang", { action: "revoke" });
    const revoked = account.revokeSubscription("w1").then(
      () => "revoked",
      () => "gave up",
    );
    await vi.waitFor(() => expect(world.calls("revoke").length + world.clock.sleeping).toBeGreaterThan(2));
    await world.clock.advance(10_000);
    expect(await revoked).toBe("gave up");
    world.sim.heal();
  });

  test("that fails says why, and is tried again", async () => {
    const world = await startWorld();
    const dead = "http://127.0.0.1:9";
    const { reports } = await subscribe(world, dead, "/hook");
    expect(reports[0]).toMatchObject({ status: "failed", problem: { code: "callback_url_refused" } });
    await vi.waitFor(() => expect(world.clock.sleeping).toBeGreaterThanOrEqual(2));
    await world.clock.advance(15 * 60_000);
    await vi.waitFor(() => expect(reports).toHaveLength(2));
  });
});
