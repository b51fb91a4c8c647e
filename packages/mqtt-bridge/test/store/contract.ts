import { emptyPersonState, type PersonEvent } from "@weighbridge/core";
import { describe, expect, test } from "vitest";
import type { Store, SyncCommit } from "../../src/store/store.ts";
import { changeOf, weightGroup } from "../support/changes.ts";

const commitOf = (more: Partial<SyncCommit> = {}): SyncCommit => ({
  change: changeOf([]),
  messages: [],
  isStateChanged: false,
  ...more,
});

const ids = (groups: readonly { readonly id: number }[]) => groups.map(({ id }) => id);

/** Rules that every store keeps. `open` opens the same place again and again; the one before is closed. */
export function testStore(name: string, start: () => { open(): Store | Promise<Store> }): void {
  describe(`${name} keeps the store's contract:`, () => {
    test("a setting is made once and kept", async () => {
      const { open } = start();
      const first = await open();
      expect(await first.setting("secret", () => "made")).toBe("made");
      expect(await first.setting("secret", () => "made again")).toBe("made");
      await first.close();
      expect(await (await open()).setting("secret", () => "made again")).toBe("made");
    });

    test("a person starts without a cursor and with nothing known", async () => {
      const store = await start().open();
      const added = await store.addPerson("wbs:29", 1_000);
      expect(added).toMatchObject({ key: "wbs:29", addedAt: 1_000, cursor: null, subscription: null, seen: [] });
      expect(await store.people()).toEqual([added]);
    });

    test("what a sync commits is there after reopening: groups, cursor, state, verdict, seen keys, events", async () => {
      const { open } = start();
      const before = await open();
      const { id } = await before.addPerson("wbs:29", 1_000);
      const state = { ...emptyPersonState(), previousWeight: 80.5 };
      const change = changeOf([weightGroup(7, 5_000)], {
        state,
        cursor: 9_000,
        verdicts: [{ weighInId: 7, verdict: "claimed" }],
      });
      const messages = [{ topic: "a/weigh_in", payload: "{}" }];
      await before.commitSync(id, commitOf({ change, messages, isStateChanged: true, seen: ["weight"] }));
      await before.close();

      const after = await open();
      expect(await after.people()).toMatchObject([{ id, cursor: 9_000, state, seen: ["weight"] }]);
      expect(await after.reader(id).byIds([7])).toEqual([weightGroup(7, 5_000)]);
      expect(await after.reader(id).verdicts([7, 8])).toEqual(new Map([[7, "claimed"]]));
      expect(await after.owed(0, 10)).toEqual([{ id: 1, ...messages[0] }]);
    });

    test("groups, verdicts and counts are those of one person only", async () => {
      const store = await start().open();
      const [ada, ben] = [await store.addPerson("wbs:1", 0), await store.addPerson("wbs:2", 0)];
      const verdicts = [{ weighInId: 5, verdict: "claimed" }] as const;
      const change = changeOf([weightGroup(5, 300)], { verdicts, events: [eventOf(5)] });
      await store.commitSync(ada.id, commitOf({ change }));
      await store.commitSync(ben.id, commitOf({ change: changeOf([weightGroup(5, 250, 60)]) }));
      expect(await store.reader(ada.id).between(0, 900)).toEqual([weightGroup(5, 300)]);
      const bens = store.reader(ben.id);
      expect(await bens.byIds([5])).toEqual([weightGroup(5, 250, 60)]);
      expect(await bens.verdicts([5])).toEqual(new Map());
      expect(await bens.eventCounts([5])).toEqual(new Map());
    });

    test("held weigh-ins are those of one person, the newest first, and go with the person", async () => {
      const { open } = start();
      const store = await open();
      const [ada, ben] = [await store.addPerson("wbs:1", 0), await store.addPerson("wbs:2", 0)];
      expect(ada.held).toEqual({ count: 0, newest: [] });
      const added = [5, 6].map((id) => ({ id, measuredAt: id * 100, values: { weight: 68 } }));
      await store.commitSync(ada.id, commitOf({ held: { added, ended: [] } }));
      await store.commitSync(ben.id, commitOf({ held: { added, ended: [] } }));
      await store.commitSync(
        ben.id,
        commitOf({ held: { added: [{ ...added[0], measuredAt: 900 } as never], ended: [6] } }),
      );
      const adas = { count: 2, newest: added.toReversed() };
      const bens = { count: 1, newest: [{ ...added[0], measuredAt: 900 }] };
      expect(await Promise.all([store.held(ada.id), store.held(ben.id)])).toEqual([adas, bens]);
      expect((await store.people()).map(({ held }) => held)).toEqual([adas, bens]);
      await store.removePerson(ada.id);
      await store.close();
      const after = await open();
      expect(await after.held(ada.id)).toEqual({ count: 0, newest: [] });
      expect(await after.held(ben.id)).toEqual(bens);
    });

    test("a sync that changes nothing leaves the state as it is", async () => {
      const store = await start().open();
      const { id } = await store.addPerson("wbs:29", 0);
      const state = { ...emptyPersonState(), previousWeight: 80 };
      await store.commitSync(id, commitOf({ change: changeOf([], { state }), isStateChanged: true }));
      await store.commitSync(id, commitOf({ change: changeOf([], { cursor: 5 }) }));
      expect(await store.people()).toMatchObject([{ state, cursor: 5 }]);
    });

    test("hints wait, the newest first, until a sync that followed them is committed", async () => {
      const { open } = start();
      const store = await open();
      const { id } = await store.addPerson("wbs:29", 0);
      await store.takeHint(id, { from: 10, to: 11 }, 100);
      await store.takeHint(id, { from: 5, to: 6 }, 101);
      await store.takeHint(id, null, 102);
      expect(await store.counts()).toMatchObject({ hints: 3, oldestHintAt: 100 });
      const [newest, second] = await store.hints(id, 2);
      expect(newest).toMatchObject({ window: null, takenAt: 102, tries: 0, nextAt: 0 });
      expect(second).toMatchObject({ window: { from: 5, to: 6 }, takenAt: 101 });
      await store.commitSync(id, commitOf({ doneHints: [newest?.id as number, second?.id as number] }));
      await store.close();
      const after = await open();
      expect(await after.hinted()).toEqual([id]);
      expect(await after.hints(id, 9)).toMatchObject([{ window: { from: 10, to: 11 } }]);
    });

    test("an event is owed until it is released, then released until it is finished", async () => {
      const { open } = start();
      const store = await open();
      const { id } = await store.addPerson("wbs:29", 0);
      const messages = ["a", "b", "c"].map((payload) => ({ topic: "t", payload }));
      await store.commitSync(id, commitOf({ messages }));
      const [a, b, c] = ids(await store.owed(0, 9)) as [number, number, number];
      expect(ids(await store.owed(a, 1))).toEqual([b]);
      expect(await store.counts()).toMatchObject({ owed: 3, oldestOwedAt: expect.any(Number) });
      await store.release(a);
      await store.release(b);
      store.finish(a);
      await store.close();

      const after = await open();
      expect(await after.released()).toEqual([b]);
      expect(ids(await after.owed(0, 9))).toEqual([c]);
      await after.requeue(b);
      expect(await after.released()).toEqual([]);
      expect(ids(await after.owed(0, 9))).toEqual([b, c]);
    });

    test("a parked event is neither owed nor forgotten, until it is unparked", async () => {
      const store = await start().open();
      const { id } = await store.addPerson("wbs:29", 0);
      await store.commitSync(id, commitOf({ messages: [{ topic: "t", payload: "a" }] }));
      await store.park(1, "0x87");
      expect(await store.owed(0, 9)).toEqual([]);
      expect(await store.counts()).toEqual({ hints: 0, oldestHintAt: null, owed: 0, oldestOwedAt: null, parked: 1 });
      expect(await store.unpark()).toBe(1);
      expect(ids(await store.owed(0, 9))).toEqual([1]);
      expect(await store.unpark()).toBeNull();
    });

    test("the id of a finished event is never given again", async () => {
      const { open } = start();
      const store = await open();
      const { id } = await store.addPerson("wbs:29", 0);
      const messages = [{ topic: "t", payload: "a" }];
      await store.commitSync(id, commitOf({ messages }));
      store.finish(1);
      await store.close();
      const after = await open();
      await after.commitSync(id, commitOf({ messages }));
      expect(ids(await after.owed(0, 9))).toEqual([2]);
    });

    test("a removed person takes everything along but the events that are owed", async () => {
      const store = await start().open();
      const { id } = await store.addPerson("wbs:29", 0);
      await store.takeHint(id, { from: 1, to: 2 }, 100);
      const messages = [{ topic: "t", payload: "a" }];
      await store.commitSync(id, commitOf({ change: changeOf([weightGroup(1, 100)]), messages }));
      await store.removePerson(id);
      expect(await store.people()).toEqual([]);
      expect(await store.hinted()).toEqual([]);
      expect(await store.reader(id).between(0, 1_000)).toEqual([]);
      expect(ids(await store.owed(0, 9))).toEqual([1]);
    });

    test("topics that were ever retained are remembered until they are removed", async () => {
      const { open } = start();
      const store = await open();
      await store.addRetainedTopics(["a", "b"]);
      await store.addRetainedTopics(["b", "c"]);
      await store.removeRetainedTopics(["a"]);
      await store.close();
      expect(new Set(await (await open()).retainedTopics())).toEqual(new Set(["b", "c"]));
    });

    test("the subscription report and the follower's memory are kept", async () => {
      const { open } = start();
      const store = await open();
      const { id, memory } = await store.addPerson("wbs:29", 0);
      expect(memory).toEqual({});
      const subscription = { status: "active", callbackUrl: "http://x", checkedAt: 1, nextCheckAt: 2 } as const;
      await store.commitSync(id, commitOf({ subscription, memory: { rereadAt: 5_000 } }));
      await store.close();
      expect(await (await open()).people()).toMatchObject([{ subscription, memory: { rereadAt: 5_000 } }]);
    });
  });
}

const eventOf = (subjectId: number | null): PersonEvent => ({
  id: "e",
  kind: "measurement",
  subjectId,
  measuredAt: 1,
  recordedAt: 1,
  backdated: false,
  attribution: null,
  values: {},
  derived: { bmi: null, change: null, trend: null, toTarget: null },
});
