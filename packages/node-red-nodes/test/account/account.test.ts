import { readFileSync } from "node:fs";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { type PersonApi, UnreachableError } from "@weighbridge/core";
import { START, startWorld, type World } from "@weighbridge/testing";
import { describe, expect, test, vi } from "vitest";
import type { AccountApi } from "../../src/account/account-api.ts";
import { LIMITS } from "../../src/limits.ts";
import { adasAccount, newListener, notification, recordIn } from "../support/account.ts";

/** An account that somebody listens to, and that has polled. */
async function listening(world: World, options: Parameters<typeof adasAccount>[1] = {}) {
  const made = await adasAccount(world, options);
  const heard = newListener();
  const polls = world.calls("getmeas").length;
  await made.account.attach(heard.listener);
  await vi.waitFor(() => expect(world.calls("getmeas").length).toBeGreaterThan(polls));
  await vi.waitFor(async () => expect((await recordIn(made.stateFile)).cursor).not.toBeNull());
  return { ...made, ...heard };
}

const weights = (events: readonly { readonly values: Readonly<Record<string, number>> }[]) =>
  events.map(({ values }) => values["weight"]);

describe("an account that is listened to", () => {
  test("takes the history in without sending it, and sends the next weigh-in once", async () => {
    const world = await startWorld();
    world.ada.weighsIn({ weight: 80, at: START - 86_400 });
    const { account, events } = await listening(world);
    expect(events).toEqual([]);

    const { date } = world.ada.weighsIn({ weight: 81.4 });
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({ kind: "weigh_in", values: { weight: 81.4 }, derived: { change: 1.4 } });
    // The same hint again finds nothing new.
    await account.takeNotification(...notification(world.ada.userId, date));
    await world.clock.advance(20_000);
    await vi.waitFor(async () => expect(account.state?.lastWeighIn?.values["weight"]).toBe(81.4));
    expect(events).toHaveLength(1);
  });

  test("has an event on disk before anybody hears of it", async () => {
    const world = await startWorld();
    const { account, stateFile, listener } = await listening(world);
    const onDisk: ReturnType<typeof recordIn>[] = [];
    await account.attach({ ...listener, onEvent: () => onDisk.push(recordIn(stateFile)) });
    const { date, grpid } = world.ada.weighsIn({ weight: 81.4 });
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(() => expect(onDisk).toHaveLength(1));
    const record = await onDisk[0];
    expect(record?.groups.map(({ id }) => id)).toEqual([grpid]);
    expect(record?.state.lastWeighIn?.values["weight"]).toBe(81.4);
  });

  test("keeps its state in a file that only its owner reads, and in which no key is", async () => {
    const world = await startWorld();
    const { stateFile } = await listening(world);
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(stateFile, "utf8")).not.toContain(world.ada.publicKey);
  });

  test.each([
    ["leaves the file alone", 900, true],
    ["moves the cursor once in a while", LIMITS.cursorLagS, false],
  ])("where a poll found nothing it %s", async (_what, waitS, isSame) => {
    const world = await startWorld();
    const { account, stateFile } = await listening(world);
    await vi.waitFor(() => expect(account.state?.profile).not.toBeNull());
    const before = await readFile(stateFile, "utf8");
    await world.clock.advance(waitS * 1000);
    // When the last one is asked, what came before it is written.
    for (let polls = 0; polls < 3; polls++) {
      const calls = world.calls("getmeas").length;
      account.requestPoll();
      await vi.waitFor(async () => {
        await world.clock.advance(1_000);
        expect(world.calls("getmeas").length).toBeGreaterThan(calls);
      }, 5_000);
    }
    await account.stop();
    expect((await readFile(stateFile, "utf8")) === before).toBe(isSame);
  });

  test("sends after a restart what happened meanwhile, and nothing twice", async () => {
    const world = await startWorld();
    const before = await listening(world);
    world.ada.weighsIn({ weight: 81.4 });
    before.account.requestPoll();
    await vi.waitFor(() => expect(weights(before.events)).toEqual([81.4]));
    await before.account.stop();
    await world.clock.advance(3_600_000);
    world.ada.weighsIn({ weight: 81.9 });

    const after = await listening(world, { directory: before.directory });
    await vi.waitFor(() => expect(weights(after.events)).toEqual([81.9]));
    expect(after.events[0]?.derived.change).toBe(0.5);
  });

  test("sends an event again that was on disk when the process was killed before it was sent", async () => {
    const world = await startWorld();
    const before = await listening(world);
    const content: string[] = [];
    await before.account.attach({
      id: "other",
      onEvent: () => content.push(readFileSync(before.stateFile, "utf8")),
      onProblem: () => {},
      onSubscription: () => {},
      onPerson: () => {},
    });
    world.ada.weighsIn({ weight: 81.4 });
    before.account.requestPoll();
    await vi.waitFor(() => expect(content).toHaveLength(1));
    const killed = content[0] as string;
    await before.account.stop();
    await writeFile(before.stateFile, killed);

    const after = await listening(world, { directory: before.directory });
    await vi.waitFor(() => expect(after.events).toHaveLength(1));
    expect(after.events[0]?.id).toBe(before.events[0]?.id);
  });

  test("follows a hint after a restart that came just before it", async () => {
    const world = await startWorld();
    const before = await listening(world);
    world.sim.fail("http-500", { action: "getmeas" });
    const { date } = world.ada.weighsIn({ weight: 81.4 });
    await before.account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(() => expect(world.calls("getmeas").length).toBeGreaterThan(1));
    await before.account.stop();
    expect((await recordIn(before.stateFile)).hints).toMatchObject([{ window: { from: date, to: date + 1 } }]);

    world.sim.heal();
    const after = await listening(world, { directory: before.directory });
    await vi.waitFor(() => expect(weights(after.events)).toEqual([81.4]));
    await vi.waitFor(async () => expect((await recordIn(before.stateFile)).hints).toEqual([]));
  });

  test("goes on polling where a hint's window fails again and again", async () => {
    const world = await startWorld();
    const refusing = (api: AccountApi): AccountApi => {
      const measureGroups: PersonApi["measureGroups"] = (query, options) => {
        if ("from" in query) throw new UnreachableError("no", { code: "network", remedy: "wait" });
        return api.person.measureGroups(query, options);
      };
      return { ...api, person: { ...api.person, measureGroups } };
    };
    const { account, events } = await listening(world, { over: refusing });
    const { date } = world.ada.weighsIn({ weight: 81.4 });
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(() => expect(weights(events)).toEqual([81.4]));
  });

  test("reads the past again a day after the last time, also across a restart, and finds what was deleted unseen", async () => {
    const world = await startWorld();
    world.ada.weighsIn({ weight: 81, at: START - 7_200 });
    const { grpid } = world.ada.weighsIn({ weight: 80, at: START - 3_600 });
    const before = await listening(world);
    world.ada.history.remove(grpid);
    await before.account.stop();
    await world.clock.advance(86_400_000);
    const first = await listening(world, { directory: before.directory });
    await vi.waitFor(async () => expect((await recordIn(first.stateFile)).memory?.rereadAt).toBe(START + 86_400));
    expect((await recordIn(first.stateFile)).memory?.missing).toEqual({ [grpid]: START + 86_400 });
    await first.account.stop();
    await world.clock.advance(86_400_000);
    const { account, stateFile } = await listening(world, { directory: before.directory });
    await vi.waitFor(() => expect(account.state?.lastWeighIn?.values["weight"]).toBe(81));
    await vi.waitFor(async () =>
      expect((await recordIn(stateFile)).memory?.rereadAt).toBeGreaterThanOrEqual(START + 86_400),
    );
  });

  test("shares one sync among its listeners", async () => {
    const world = await startWorld();
    const { account, events } = await listening(world);
    const second = newListener();
    await account.attach(second.listener);
    const calls = world.calls("getmeas").length;
    const { date } = world.ada.weighsIn({ weight: 81.4 });
    await account.takeNotification(...notification(world.ada.userId, date));
    await vi.waitFor(() => expect(second.events).toHaveLength(1));
    expect(events).toEqual(second.events);
    expect(world.calls("getmeas").length - calls).toBe(1);
  });

  test("follows the first hint at once, and those of the next two seconds together", async () => {
    const world = await startWorld();
    const { account, events } = await listening(world);
    const calls = world.calls("getmeas").length;
    const first = world.ada.weighsIn({ weight: 81.4 });
    await account.takeNotification(...notification(world.ada.userId, first.date));
    await vi.waitFor(() => expect(events).toHaveLength(1));
    for (const ahead of [60, 61, 62]) {
      const { date } = world.ada.weighsIn({ weight: 81 + ahead / 100, at: first.date + ahead * 10 });
      await account.takeNotification(...notification(world.ada.userId, date));
    }
    expect(world.calls("getmeas").length - calls).toBe(1);
    await vi.waitFor(() => expect(world.clock.sleeping).toBeGreaterThan(0));
    await world.clock.advance(2_000);
    await vi.waitFor(() => expect(events).toHaveLength(4));
  });

  test("finds by polling what no notification announced", async () => {
    const world = await startWorld();
    const { events } = await listening(world);
    await world.clock.advance(60_000);
    world.ada.weighsIn({ weight: 81.4 });
    await world.clock.advance(800_000);
    expect(events).toEqual([]);
    await world.clock.advance(41_000);
    await vi.waitFor(() => expect(weights(events)).toEqual([81.4]));
  });

  test("says that data is late after two missed polls, tries again, and says when it works", async () => {
    const world = await startWorld();
    const { problems, events } = await listening(world);
    world.sim.fail("drop");
    world.ada.weighsIn({ weight: 81.4 });
    await vi.waitFor(async () => {
      await world.clock.advance(120_000);
      expect(problems.at(-1)?.code).toBe("data_late");
    }, 15_000);
    world.sim.heal();
    await vi.waitFor(async () => {
      await world.clock.advance(10_000);
      expect(problems.at(-1)).toBeNull();
    }, 5_000);
    expect(weights(events)).toEqual([81.4]);
  });

  test("says that the person does not share, and asks rarely until they do", async () => {
    const world = await startWorld();
    const { account, problems } = await adasAccount(world, { publicKey: "0000000000000000" }).then(async (made) => {
      const heard = newListener();
      await made.account.attach(heard.listener);
      return { ...made, ...heard };
    });
    await vi.waitFor(() => expect(world.calls("getmeas")).toHaveLength(1));
    await vi.waitFor(async () => {
      await world.clock.advance(1_000);
      expect(problems.at(-1)?.code).toBe("not_shared");
    });
    const calls = world.calls("getmeas").length;
    await world.clock.advance(600_000);
    expect(world.calls("getmeas")).toHaveLength(calls);
    await account.stop();
  });

  test("answers hints of others without keeping them", async () => {
    const world = await startWorld();
    const { account, stateFile } = await listening(world);
    await account.takeNotification(...notification(999_999, START));
    expect((await recordIn(stateFile)).lastHintId).toBe(0);
  });
});

describe("an ambiguous weigh-in", () => {
  async function held(policy: "hold" | "accept" | "ignore") {
    const world = await startWorld();
    const made = await listening(world, { ambiguous: policy });
    const { grpid } = world.ada.weighsIn({ weight: 62.5, attribution: 1 });
    made.account.requestPoll();
    await vi.waitFor(async () => expect((await recordIn(made.stateFile)).groups.at(-1)?.id).toBe(grpid));
    return { ...made, weighInId: grpid };
  }

  test("is announced and held, and counts once it is claimed", async () => {
    const { account, events, weighInId } = await held("hold");
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toEqual(["weigh_in_ambiguous"]));
    expect(account.state?.lastWeighIn).toBeNull();
    expect(await account.decide(weighInId, "claimed")).toBe("done");
    expect(events.at(-1)).toMatchObject({ kind: "weigh_in", subjectId: weighInId });
    expect(account.state?.lastWeighIn?.id).toBe(weighInId);
  });

  test("never counts once it is refused", async () => {
    const { account, events, weighInId } = await held("hold");
    expect(await account.decide(weighInId, "refused")).toBe("done");
    expect(account.state?.lastWeighIn).toBeNull();
    expect(events.filter(({ kind }) => kind === "weigh_in")).toEqual([]);
  });

  test("counts at once where the policy is to accept", async () => {
    const { account, weighInId } = await held("accept");
    await vi.waitFor(() => expect(account.state?.lastWeighIn?.id).toBe(weighInId));
  });

  test("cannot be claimed where nobody knows it", async () => {
    const { account } = await held("hold");
    expect(await account.decide(1, "claimed")).toBe("unknown");
  });
});

describe("an account whose state cannot be kept", () => {
  test("says so, takes no notification, and does not reject", async () => {
    const world = await startWorld();
    const { directory } = await adasAccount(world);
    await writeFile(`${directory}/file`, "");
    const { account } = await adasAccount(world, { directory: `${directory}/file` });
    const { listener, problems } = newListener();
    await account.attach(listener);
    expect(problems.at(-1)?.code).toBe("state_not_kept");
    await expect(account.takeNotification(...notification(world.ada.userId, START))).rejects.toMatchObject({
      code: "state_not_kept",
    });
  });

  test("sets a damaged file aside and begins anew", async () => {
    const world = await startWorld();
    const before = await listening(world);
    await before.account.stop();
    await chmod(before.stateFile, 0o600);
    await writeFile(before.stateFile, '{"version":2,"key":"somebody"}\n');
    const after = await listening(world, { directory: before.directory });
    expect(after.warnings[0]).toContain(".unreadable");
    expect(await readFile(`${before.stateFile}.unreadable`, "utf8")).toBe('{"version":2,"key":"somebody"}\n');
  });
});
