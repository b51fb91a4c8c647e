import { describe, expect, test } from "vitest";
import type { EpochSeconds, MeasureGroup } from "../domain/measure-group.ts";
import type { PersonEvent } from "../domain/weigh-in.ts";
import type { Window } from "../domain/window.ts";
import type { PersonStore, SyncChange } from "../ports/person-store.ts";
import { emptyPersonState } from "../weigh-ins/state.ts";
import { group } from "./groups.ts";

/** The store of one person, as a host opens it. */
export interface OpenedPersonStore {
  readonly store: PersonStore;
  /** Stores a hint, as the host does after judging a callback. */
  takeHint(window: Window | null, takenAt: EpochSeconds): Promise<void>;
  /** Resolves when the place can be opened again. */
  close(): Promise<void>;
}

/** One place where a person is stored. Opens it again and again, each time after the one before was closed. */
export interface PersonStorePlace {
  /** The person whom `open` adds where the place is new. */
  readonly key: string;
  readonly addedAt: EpochSeconds;
  open(): Promise<OpenedPersonStore>;
}

/** The rules of the PersonStore port, as tests. `start` makes a new place for each of them. */
export function personStoreContract(name: string, start: () => PersonStorePlace | Promise<PersonStorePlace>): void {
  describe(`${name} keeps the contract of a person's store:`, () => {
    test("a person starts without a cursor and with nothing known", async () => {
      const { key, addedAt, open } = await start();
      const { store } = await open();
      const nothing = { cursor: null, state: emptyPersonState(), subscription: null, memory: {} };
      expect(await store.load()).toMatchObject({ key, addedAt, ...nothing });
      expect(await store.hints(9)).toEqual([]);
      expect(await store.groups.before(Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
    });

    test("everything that one commit holds is there after opening again", async () => {
      const { open } = await start();
      const first = await open();
      const state = { ...emptyPersonState(), previousWeight: 80.5 };
      const subscription = { status: "active", callbackUrl: "http://x", checkedAt: 1, nextCheckAt: 2 } as const;
      const change = changeOf([weight(7, 5_000)], {
        state,
        cursor: 9_000,
        verdicts: [
          { weighInId: 7, verdict: "claimed" },
          { weighInId: 9, verdict: "counted" },
        ],
      });
      await first.store.commit({ change, memory: { rereadAt: 4_000 }, subscription });
      await first.close();
      const { store } = await open();
      expect(await store.load()).toMatchObject({ cursor: 9_000, state, memory: { rereadAt: 4_000 }, subscription });
      expect(await store.groups.byIds([7])).toEqual([weight(7, 5_000)]);
      expect(await store.groups.verdicts([7, 8, 9])).toEqual(
        new Map([
          [7, "claimed"],
          [9, "counted"],
        ]),
      );
    });

    test("what a commit leaves out stays as it is", async () => {
      const { store } = await (await start()).open();
      const state = { ...emptyPersonState(), previousWeight: 80 };
      await store.commit({ change: changeOf([weight(1, 100)], { state, cursor: 90_000 }), memory: { rereadAt: 5 } });
      await store.commit({ change: changeOf([weight(2, 200)], { state }) });
      expect(await store.load()).toMatchObject({ cursor: 90_000, state, memory: { rereadAt: 5 } });
      expect(ids(await store.groups.between(0, 1_000))).toEqual([1, 2]);
    });

    test("groups are read by ascending time, then id, with both ends of a range", async () => {
      const { store } = await (await start()).open();
      await store.commit({ change: changeOf([weight(5, 300), weight(9, 100), weight(2, 200), weight(1, 300)]) });
      const { groups } = store;
      expect(ids(await groups.between(100, 300))).toEqual([9, 2, 1, 5]);
      expect(ids(await groups.between(101, 299))).toEqual([2]);
      expect(ids(await groups.byIds([1, 9, 77]))).toEqual([9, 1]);
      expect(ids(await groups.byIds([]))).toEqual([]);
      expect(ids(await groups.before(300, 3))).toEqual([2, 1, 5]);
      expect(ids(await groups.before(299, 3))).toEqual([9, 2]);
    });

    test("the span reaches from the oldest to the newest group, and is null without one", async () => {
      const { store } = await (await start()).open();
      expect(await store.groups.span()).toBeNull();
      await store.commit({ change: changeOf([weight(5, 300), weight(9, 100), weight(2, 200)]) });
      expect(await store.groups.span()).toEqual({ from: 100, to: 300 });
    });

    test("a group that comes again replaces itself, and a removed one is gone", async () => {
      const { store } = await (await start()).open();
      await store.commit({ change: changeOf([weight(1, 100), weight(2, 200)]) });
      await store.commit({ change: changeOf([weight(1, 150, 81)], { removals: [2] }) });
      expect(await store.groups.between(0, 1_000)).toEqual([weight(1, 150, 81)]);
    });

    test("a later verdict replaces the earlier one", async () => {
      const { store } = await (await start()).open();
      for (const verdict of ["claimed", "refused"] as const)
        await store.commit({ change: changeOf([], { verdicts: [{ weighInId: 7, verdict }] }) });
      expect(await store.groups.verdicts([7])).toEqual(new Map([[7, "refused"]]));
    });

    test("events are counted by subject, and the count outlives the subject's groups", async () => {
      const { open } = await start();
      const first = await open();
      const events = [eventOf("a", 7), eventOf("b", 7), eventOf("c", null)];
      await first.store.commit({ change: changeOf([weight(7, 5_000)], { events }) });
      await first.store.commit({ change: changeOf([], { removals: [7], events: [eventOf("d", 7)] }) });
      await first.close();
      const { store } = await open();
      expect(await store.groups.eventCounts([7, 8])).toEqual(new Map([[7, 3]]));
    });

    test("hints wait, the newest first, until a commit says that they are done", async () => {
      const { open } = await start();
      const first = await open();
      await first.takeHint({ from: 10, to: 11 }, 100);
      await first.takeHint({ from: 5, to: 6 }, 101);
      await first.takeHint(null, 102);
      const [newest, second] = await first.store.hints(2);
      expect(newest).toMatchObject({ window: null, takenAt: 102, tries: 0, nextAt: 0 });
      expect(second).toMatchObject({ window: { from: 5, to: 6 }, takenAt: 101 });
      await first.store.commit({ doneHints: [newest?.id as number, second?.id as number] });
      await first.close();
      const { store } = await open();
      expect(await store.hints(9)).toMatchObject([{ window: { from: 10, to: 11 }, takenAt: 100 }]);
    });

    test("a window that waits already is replaced by the newer hint", async () => {
      const { store, takeHint } = await (await start()).open();
      await takeHint({ from: 10, to: 11 }, 100);
      await takeHint(null, 101);
      await takeHint({ from: 10, to: 11 }, 102);
      await takeHint(null, 103);
      expect(await store.hints(9)).toMatchObject([
        { window: null, takenAt: 103 },
        { window: { from: 10, to: 11 }, takenAt: 102 },
      ]);
    });

    test("where more than 16 windows wait, a window from the first to the last of them takes their place, beside the newest", async () => {
      const { open } = await start();
      const first = await open();
      const taken = Array.from({ length: 17 }, (_, index) =>
        first.takeHint({ from: index * 10, to: index * 10 + 1 }, 100 + index),
      );
      await Promise.all(taken);
      expect(await first.store.hints(99)).toMatchObject([
        { window: { from: 160, to: 161 }, takenAt: 116, tries: 0, nextAt: 0 },
        { window: { from: 0, to: 151 }, takenAt: 116 },
      ]);
      for (let index = 0; index < 200; index++)
        await first.takeHint({ from: 5_000 + index * 10, to: 5_001 + index * 10 }, 300);
      const waiting = await first.store.hints(99);
      expect(waiting.length).toBeLessThanOrEqual(17);
      expect(waiting[0]).toMatchObject({ window: { from: 6_990, to: 6_991 } });
      await first.close();
    });

    test("a hint without a window waits beside however many windows", async () => {
      const { open } = await start();
      const first = await open();
      for (let index = 0; index < 20; index++) await first.takeHint({ from: index * 10, to: index * 10 + 1 }, 100);
      for (const takenAt of [200, 201]) await first.takeHint(null, takenAt);
      for (let index = 20; index < 40; index++) await first.takeHint({ from: index * 10, to: index * 10 + 1 }, 300);
      const waiting = await first.store.hints(99);
      expect(waiting.filter(({ window }) => window === null)).toMatchObject([{ takenAt: 201 }]);
      expect(Math.min(...waiting.map(({ window }) => window?.from ?? Infinity))).toBe(0);
      await first.close();
    });

    test("a hint that showed nothing new keeps its tries and its next time", async () => {
      const { open } = await start();
      const first = await open();
      await first.takeHint({ from: 10, to: 11 }, 100);
      const [hint] = await first.store.hints(1);
      await first.store.commit({ triedHints: [{ id: hint?.id as number, tries: 2, nextAt: 160 }] });
      await first.close();
      const { store } = await open();
      expect(await store.hints(9)).toMatchObject([{ takenAt: 100, tries: 2, nextAt: 160 }]);
    });
  });
}

const weight = (id: number, at: EpochSeconds, kilograms = 80) => group({ id, at, values: { weight: kilograms } });

const ids = (groups: readonly { readonly id: number }[]) => groups.map(({ id }) => id);

const changeOf = (upserts: readonly MeasureGroup[], more: Partial<SyncChange> = {}): SyncChange => ({
  upserts,
  removals: [],
  events: [],
  state: emptyPersonState(),
  ...more,
});

const eventOf = (id: string, subjectId: number | null): PersonEvent => ({
  id,
  kind: "measurement",
  subjectId,
  measuredAt: 1,
  recordedAt: 1,
  backdated: false,
  attribution: null,
  values: {},
  derived: { bmi: null, change: null, trend: null, toTarget: null },
});
