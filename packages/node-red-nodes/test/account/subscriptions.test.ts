import type { SubscriptionReport } from "@weighbridge/core";
import { serve, startWorld, type World } from "@weighbridge/testing";
import { describe, expect, test, vi } from "vitest";
import { newRecord } from "../../src/account/record.ts";
import { RecordFile } from "../../src/account/record-file.ts";
import { type AccountOptions, adasAccount, newListener, notification, recordIn } from "../support/account.ts";

const DAY_MS = 86_400_000;

async function attached(world: World, options: AccountOptions = {}) {
  const made = await adasAccount(world, options);
  const heard = newListener();
  await made.account.attach(heard.listener);
  return { ...made, ...heard };
}

/** An account whose subscription was looked after in this process. */
async function subscribed(world: World, callbackUrl: string, options: AccountOptions = {}) {
  const checks = world.calls("get").length;
  const made = await attached(world, { callbackUrl, ...options });
  await vi.waitFor(() => expect(world.calls("get").length).toBeGreaterThan(checks));
  await vi.waitFor(() => expect(made.subscriptions).toEqual(["pending", "kept"]));
  return made;
}

const urls = ({ ada }: World) => ada.subscriptions.live.map(({ callbackUrl }) => callbackUrl);

const statusIn = async (stateFile: string) => (await recordIn(stateFile)).subscription?.status;

/** A state file of an earlier version, which kept a subscription for each weigh-in node. */
async function earlierState(world: World, directory: string, reports: Readonly<Record<string, string>>) {
  const file = new RecordFile(`${directory}/account.json`, `wbs:${world.ada.userId}`, newRecord(0));
  await file.load();
  for (const [nodeId, callbackUrl] of Object.entries(reports)) {
    world.ada.subscriptions.put(callbackUrl, "earlier");
    const report: SubscriptionReport = { status: "made", callbackUrl, checkedAt: 1, nextCheckAt: 2 };
    await file.commit({ subscription: { nodeId, report } });
  }
  await file.close();
}

describe("a subscription", () => {
  test("is made once for all listeners, with the comment that the person sees", async () => {
    const world = await startWorld();
    const url = `${await serve()}/one`;
    const { account, stateFile } = await subscribed(world, url);
    const others = Array.from({ length: 16 }, (_, n) => newListener(`w${n}`));
    for (const { listener } of others) await account.attach(listener);
    expect(await statusIn(stateFile)).toBe("made");
    expect(world.ada.subscriptions.live).toMatchObject([{ callbackUrl: url, comment: "test" }]);
    for (const { subscriptions, problems } of others) expect([subscriptions, problems]).toEqual([["kept"], [null]]);
  });

  test("stays at the API when the account stops, and is not made again at the next start", async () => {
    const world = await startWorld();
    const url = `${await serve()}/one`;
    const { account, directory } = await subscribed(world, url);
    await account.stop();
    expect(urls(world)).toEqual([url]);
    const { stateFile } = await subscribed(world, url, { directory });
    expect(await statusIn(stateFile)).toBe("active");
    expect(world.calls("subscribe")).toHaveLength(1);
  });

  test("is made again at the next start where it was lost meanwhile", async () => {
    const world = await startWorld();
    const url = `${await serve()}/one`;
    const { account, directory } = await subscribed(world, url);
    await account.stop();
    world.ada.subscriptions.remove(url);
    await subscribed(world, url, { directory });
    expect(urls(world)).toEqual([url]);
  });

  test("is renewed when less than seven days are left", async () => {
    const world = await startWorld();
    const url = `${await serve()}/one`;
    const { account, directory } = await subscribed(world, url);
    await account.stop();
    await world.clock.advance(15 * DAY_MS);
    const { stateFile } = await subscribed(world, url, { directory });
    expect(await statusIn(stateFile)).toBe("renewed");
  });

  test("takes the place of the one under an earlier address", async () => {
    const world = await startWorld();
    const base = await serve();
    const { account, directory } = await subscribed(world, `${base}/one`);
    await account.stop();
    await subscribed(world, `${base}/two`, { directory });
    expect(urls(world)).toEqual([`${base}/two`]);
  });

  test("takes the place of those that an earlier version kept for each weigh-in node, which are forgotten", async () => {
    const world = await startWorld();
    const base = await serve();
    const { directory, stateFile } = await adasAccount(world);
    await earlierState(world, directory, { w1: `${base}/w1`, w2: `${base}/w2` });
    await subscribed(world, `${base}/account`, { directory });
    await vi.waitFor(() => expect(urls(world)).toEqual([`${base}/account`]));
    await vi.waitFor(async () => expect(await recordIn(stateFile)).not.toHaveProperty("subscriptions"));
  });

  test("is ended where the public address was cleared, with those of an earlier version", async () => {
    const world = await startWorld();
    const base = await serve();
    const { account, directory, stateFile } = await subscribed(world, `${base}/one`);
    await account.stop();
    await earlierState(world, directory, { w1: `${base}/w1` });
    const { subscriptions } = await attached(world, { directory });
    await vi.waitFor(() => expect(urls(world)).toEqual([]));
    await vi.waitFor(async () => expect(await recordIn(stateFile)).not.toHaveProperty("subscription"));
    expect(subscriptions).toEqual(["none"]);
  });

  test("ends our own of an earlier secret once it is made, and no others", async () => {
    const world = await startWorld();
    const base = await serve();
    const [ours, other] = [`${base}/withings/before`, `${base}/else`];
    for (const url of [ours, other]) world.ada.subscriptions.put(url, "somebody");
    await subscribed(world, `${base}/withings/now`, { isOrphan: (url) => url.startsWith(`${base}/withings/`) });
    await vi.waitFor(() => expect(urls(world).toSorted()).toEqual([other, `${base}/withings/now`]));
  });

  test("works where the API lists no subscriptions, or none by their URL", async () => {
    const world = await startWorld();
    world.sim.fail("2554", { action: "list" });
    const { problems, warnings } = await subscribed(world, `${await serve()}/one`, { isOrphan: () => true });
    await vi.waitFor(() => expect(world.calls("list")).toHaveLength(1));
    expect([problems, warnings]).toEqual([[null], []]);
  });

  test.each([
    [true, 0],
    [false, 1],
  ])("when the account is removed with revocation %s leaves %d", async (isRevokedOnRemoval, left) => {
    const world = await startWorld();
    const { account } = await subscribed(world, `${await serve()}/one`, { isRevokedOnRemoval });
    await account.stop({ isRemoved: true });
    expect(urls(world)).toHaveLength(left);
  });

  test("is ended with the last weigh-in node of an account that stays, and made again for a new one", async () => {
    const world = await startWorld();
    const url = `${await serve()}/one`;
    const { account, listener } = await subscribed(world, url, { isRevokedOnRemoval: true });
    const other = newListener("other");
    await account.attach(other.listener);
    await account.detach(other.listener, { isRemoved: true });
    expect(urls(world)).toEqual([url]);
    await account.detach(listener, { isRemoved: true });
    expect(urls(world)).toEqual([]);
    await account.attach(newListener().listener);
    await vi.waitFor(() => expect(urls(world)).toEqual([url]));
  });

  test("that fails says why, and is tried again", async () => {
    const world = await startWorld();
    const { problems, subscriptions } = await attached(world, { callbackUrl: "http://127.0.0.1:9/hook" });
    await vi.waitFor(() => expect(problems.at(-1)).toMatchObject({ code: "callback_url_refused" }));
    expect(subscriptions).toEqual(["pending"]);
    const tries = world.calls("subscribe").length;
    await vi.waitFor(async () => {
      await world.clock.advance(15 * 60_000);
      expect(world.calls("subscribe").length).toBeGreaterThan(tries);
    });
  });
});

describe("callbacks that do not come though there is a subscription", () => {
  test("leave polls as frequent as without one, until the first callback came", async () => {
    const world = await startWorld();
    const { account, stateFile } = await subscribed(world, `${await serve()}/one`);
    await vi.waitFor(async () => expect((await recordIn(stateFile)).memory.profileAt).toBeDefined());
    const polls = () => world.calls("getmeas").length;
    const first = polls();
    for (const more of [1, 2]) {
      await vi.waitFor(() => expect(world.clock.sleeping).toBeGreaterThan(0));
      await world.clock.advance(901_000);
      await vi.waitFor(() => expect(polls()).toBe(first + more));
    }
    const { date } = world.ada.weighsIn({ weight: 81.4, at: world.clock.now() / 1000 });
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(async () => expect((await recordIn(stateFile)).memory.callbackAt).toBeDefined());
    await vi.waitFor(async () => expect((await recordIn(stateFile)).hints).toEqual([]));
    const before = polls();
    await world.clock.advance(3_600_000);
    // One that had been due would have come before this one.
    account.requestPoll();
    await vi.waitFor(() => expect(polls()).toBeGreaterThan(before));
    expect(polls()).toBe(before + 1);
  });

  test("are reported with the remedy after a poll found a weigh-in, polls stay frequent, and one callback ends it", async () => {
    const world = await startWorld();
    const { account, problems, events } = await subscribed(world, `${await serve()}/one`);
    await world.clock.advance(60_000);
    const { date } = world.ada.weighsIn({ weight: 81.4, at: world.clock.now() / 1000 });
    await vi.waitFor(async () => {
      await world.clock.advance(60_000);
      expect(problems.at(-1)).toMatchObject({ code: "callbacks_missing", remedy: expect.stringContaining("callback") });
    }, 5_000);
    expect(events).toHaveLength(1);
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(async () => {
      await world.clock.advance(60_000);
      expect(problems.at(-1)).toBeNull();
    }, 5_000);
  });
});
