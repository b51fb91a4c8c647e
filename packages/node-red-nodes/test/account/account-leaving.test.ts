import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import type { GroupPage, PersonApi } from "@weighbridge/core";
import { START, serve, startWorld, type World } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import type { AccountApi } from "../../src/account/account-api.ts";
import { Journal } from "../../src/account/journal.ts";
import { notKept } from "../../src/account/private-file.ts";
import { newRecord } from "../../src/account/record.ts";
import { RecordFile } from "../../src/account/record-file.ts";
import { LIMITS } from "../../src/limits.ts";
import { adasAccount, newListener, notification, recordIn } from "../support/account.ts";

async function listening(world: World, options: Parameters<typeof adasAccount>[1] = {}) {
  const made = await adasAccount(world, options);
  const heard = newListener();
  await made.account.attach(heard.listener);
  await vi.waitFor(async () => expect((await recordIn(made.stateFile)).cursor).not.toBeNull());
  await vi.waitFor(() => expect(made.account.state?.profile).not.toBeNull());
  return { ...made, ...heard };
}

/** An API whose answers to windows wait for a gate. */
function gated() {
  let gate = Promise.resolve();
  let windows = 0;
  const over = (api: AccountApi): AccountApi => {
    async function* measureGroups(...[query, options]: Parameters<PersonApi["measureGroups"]>) {
      const pages: GroupPage[] = [];
      for await (const page of api.person.measureGroups(query, options)) pages.push(page);
      if ("from" in query) {
        windows++;
        await gate;
      }
      yield* pages;
    }
    return { ...api, person: { ...api.person, measureGroups } };
  };
  const shut = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return () => {
      gate = Promise.resolve();
      resolve();
    };
  };
  return { over, shut, windows: () => windows };
}

test("what a sync finds while the last listener leaves is sent to the next one", async () => {
  const world = await startWorld();
  const { over, shut, windows } = gated();
  const before = await listening(world, { over });
  const open = shut();
  const { date } = world.ada.weighsIn({ weight: 81.4 });
  await before.account.takeNotification(...notification(world.ada.userId, date));
  await vi.waitFor(() => expect(windows()).toBe(1));
  const left = before.account.detach(before.listener);
  open();
  await left;
  expect(before.events).toEqual([]);
  const after = await listening(world, { directory: before.directory });
  await vi.waitFor(() => expect(after.events).toHaveLength(1));
});

test("a notification of a window that is being followed is followed again", async () => {
  const world = await startWorld();
  const { over, shut, windows } = gated();
  const { account, events, stateFile } = await listening(world, { over });
  const open = shut();
  const { date } = world.ada.weighsIn({ weight: 81.4 });
  const call = notification(world.ada.userId, date);
  await account.takeNotification(...call);
  await vi.waitFor(() => expect(windows()).toBe(1));
  world.ada.weighsIn({ weight: 80.9, at: date + 1 });
  await account.takeNotification(...call);
  open();
  await vi.waitFor(() => expect(events).toHaveLength(1));
  await vi.waitFor(async () => expect((await recordIn(stateFile)).hints).toHaveLength(1));
  await world.clock.advance(LIMITS.repeatCallMs + LIMITS.coalesceMs);
  await vi.waitFor(async () => expect((await recordIn(stateFile)).groups).toHaveLength(2));
  await vi.waitFor(async () => expect((await recordIn(stateFile)).hints).toEqual([]));
});

test("an event waits for a listener that is being made anew, and for none for ever", async () => {
  const world = await startWorld();
  const { account, listener, events } = await listening(world);
  const other = newListener("other");
  await account.attach(other.listener);
  const stepOn = async (weight: number) => {
    const { date } = world.ada.weighsIn({ weight, at: world.clock.now() / 1000 });
    await account.takeNotification(...notification(world.ada.userId, date));
  };
  await account.detach(other.listener);
  await stepOn(81.4);
  await vi.waitFor(() => expect(account.state?.lastWeighIn?.values["weight"]).toBe(81.4));
  expect(events).toEqual([]);
  await account.attach(other.listener);
  await vi.waitFor(() => expect([events.length, other.events.length]).toEqual([1, 1]));

  await account.detach(other.listener);
  await world.clock.advance(LIMITS.coalesceMs);
  await stepOn(81.9);
  await vi.waitFor(() => expect(account.state?.lastWeighIn?.values["weight"]).toBe(81.9));
  await vi.waitFor(async () => {
    await world.clock.advance(LIMITS.awayMs);
    expect(events).toHaveLength(2);
  });

  await account.attach(other.listener);
  await account.detach(other.listener, { isRemoved: true });
  await stepOn(82.1);
  await vi.waitFor(() => expect(events).toHaveLength(3));
  expect(listener.id).not.toBe(other.listener.id);
});

test("what is written while the account stops is whole when it has stopped, and nothing is written after", async () => {
  const world = await startWorld();
  const { account, stateFile } = await listening(world);
  const taken = [1, 2, 3].map((at) => account.takeNotification(...notification(world.ada.userId, START + at * 100)));
  await account.stop();
  const text = await readFile(stateFile, "utf8");
  await Promise.allSettled(taken);
  expect(await readFile(stateFile, "utf8")).toBe(text);
  expect((await recordIn(stateFile)).hints).toHaveLength(3);
});

test("steps that come while the disk is busy are written together, in order", async () => {
  const world = await startWorld();
  const { account, stateFile } = await listening(world);
  await account.stop();
  const file = new RecordFile(stateFile, `wbs:${world.ada.userId}`, newRecord(0));
  await file.load();
  const windows = [1, 2, 3].map((at) => ({ from: at, to: at }));
  await Promise.all(windows.map((window) => file.commit({ hint: { window, takenAt: START } })));
  expect((await recordIn(stateFile)).hints.map(({ window }) => window)).toEqual(windows);
  expect(file.record.hints).toEqual((await recordIn(stateFile)).hints);
  await file.close();
  await expect(file.commit({ sent: [] })).rejects.toMatchObject({ code: "not_ready" });
});

test("a state that could not be read is tried again by itself", async () => {
  const world = await startWorld();
  const before = await listening(world);
  await before.account.stop();
  await rename(before.stateFile, `${before.stateFile}.away`);
  await mkdir(before.stateFile);
  const { account } = await adasAccount(world, { directory: before.directory });
  const { listener, events, problems } = newListener();
  await account.attach(listener);
  expect(problems.at(-1)).toMatchObject({ code: "state_not_kept" });
  await rm(before.stateFile, { recursive: true });
  await rename(`${before.stateFile}.away`, before.stateFile);
  world.ada.weighsIn({ weight: 82 });
  await world.clock.advance(LIMITS.retryStartMs);
  await vi.waitFor(() => expect(events).toHaveLength(1));
  expect(problems.at(-1)).toBeNull();
});

const { groups: _none, ...base } = newRecord(START);

test.each([
  ["an event", { base: { outbox: [null] } }],
  ["a group", { groups: [{}] }],
  ["a hint", { base: { hints: [{ from: "1" }] } }],
  ["what is known", { base: { state: {} } }],
  ["a line", "no JSON"],
])("a record in which %s is damaged is set aside", async (_what, damage) => {
  const world = await startWorld();
  const before = await listening(world);
  await before.account.stop();
  const [header, ...lines] = (await readFile(before.stateFile, "utf8")).split("\n");
  const damaged =
    typeof damage === "string"
      ? damage
      : JSON.stringify({ ...damage, ...("base" in damage && { base: { ...base, ...damage.base } }) });
  await writeFile(before.stateFile, [header, ...lines.slice(0, -1), damaged, ""].join("\n"));
  const after = await listening(world, { directory: before.directory });
  expect(after.warnings).toEqual([expect.stringContaining(".unreadable")]);
  expect(after.problems.at(-1)).toBeNull();
});

test("a subscription is ended although the account is stopped in the same turn, also one that is being made", async () => {
  const world = await startWorld();
  const { account } = await adasAccount(world, { callbackUrl: await serve(), isRevokedOnRemoval: true });
  const { listener } = newListener();
  await account.attach(listener);
  await vi.waitFor(() => expect(world.calls("subscribe")).toHaveLength(1));
  await Promise.all([account.detach(listener), account.stop({ isRemoved: true })]);
  expect(world.ada.subscriptions.live).toEqual([]);
});

test("a subscription that cannot be ended in time says who must end it, and does not hold up the close", async () => {
  const world = await startWorld();
  const { account, subscriptions } = await listening(world, { callbackUrl: await serve(), isRevokedOnRemoval: true });
  await vi.waitFor(() => expect(subscriptions.at(-1)).toBe("kept"));
  world.sim.fail("hang", { action: "revoke" });
  const stopped = account.stop({ isRemoved: true });
  const refused = expect(stopped).rejects.toMatchObject({ code: "not_revoked", actor: "operator" });
  await vi.waitFor(() => expect(world.calls("revoke")).toHaveLength(1));
  await world.clock.advance(LIMITS.revokeOnCloseMs);
  await refused;
  expect(account.state).toBeUndefined();
});

test("a hint that cannot be written for a moment is followed by a poll once it can", async () => {
  const world = await startWorld();
  const { account, events, problems, stateFile } = await listening(world);
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const append = vi.spyOn(Journal.prototype, "append").mockRejectedValue(notKept(full));
  onTestFinished(() => append.mockRestore());
  const call = notification(world.ada.userId, START + 60);
  await expect(account.takeNotification(...call)).rejects.toMatchObject({ code: "state_not_kept" });
  await expect(account.takeNotification(...call)).rejects.toMatchObject({ code: "state_not_kept" });
  expect(problems.at(-1)).toMatchObject({ code: "state_not_kept", remedy: expect.stringContaining("weighbridge") });
  world.ada.weighsIn({ weight: 81.4, at: START + 60 });
  await world.clock.advance(LIMITS.retryWriteMs);
  expect(problems.at(-1)?.code).toBe("state_not_kept");
  append.mockRestore();
  await vi.waitFor(async () => {
    await world.clock.advance(LIMITS.retryWriteMs);
    expect(events).toMatchObject([{ values: { weight: 81.4 } }]);
  });
  await vi.waitFor(() => expect(problems.at(-1)).toBeNull());
  await vi.waitFor(async () => expect((await recordIn(stateFile)).hints).toEqual([]));
});

test("a listener gets a fault of our own that no call brought about, and that it is over", async () => {
  const world = await startWorld();
  let isBroken = true;
  const over = (api: AccountApi): AccountApi => {
    const profile: PersonApi["profile"] = (options) => {
      if (isBroken) throw new TypeError("a mistake");
      return api.person.profile(options);
    };
    return { ...api, person: { ...api.person, profile } };
  };
  const { account } = await adasAccount(world, { over });
  const { listener, problems } = newListener();
  await account.attach(listener);
  await vi.waitFor(() => expect(problems.at(-1)?.code).toBe("unexpected"));
  isBroken = false;
  await vi.waitFor(async () => {
    await world.clock.advance(15_000);
    expect(problems.at(-1)).toBeNull();
  });
});

test.each([
  [true, [expect.stringContaining("Nothing remembered")]],
  [false, []],
])("a state file that is missing is reported once, where there should be one (%s)", async (isOld, warnings) => {
  const world = await startWorld();
  const first = await listening(world, { isOld });
  expect(first.warnings).toEqual(warnings);
  await first.account.stop();
  const second = await listening(world, { isOld: true, directory: first.directory });
  expect(second.warnings).toEqual([]);
});
