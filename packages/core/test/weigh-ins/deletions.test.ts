import { describe, expect, test } from "vitest";
import { group } from "../../src/testing/groups.ts";
import { Host } from "./host.ts";

const DAY = 86_400;
const HOUR = 3_600;
/** The clock of Host and FakePersonApi. */
const NOW = 1_000_000;
const weight = (id: number, at: number, value = 80) => group({ id, at, values: { weight: value } });

/** Weigh-ins on many days, polled. */
async function withHistory(days: number): Promise<Host> {
  const host = new Host();
  await host.poll();
  for (let n = 1; n <= days; n++) host.api.put(weight(n, NOW - n * HOUR, 80 + n / 10));
  await host.poll();
  host.store.events.length = 0;
  return host;
}

const lastSeen = (host: Host) => host.changes.findLast(({ observed }) => observed?.isEmpty !== undefined)?.observed;

describe("a re-read", () => {
  test("deletes what two reads some hours apart miss, and not before", async () => {
    const host = await withHistory(5);
    host.api.delete(3);
    await host.reread();
    expect(host.kinds).toEqual([]);
    expect(host.person.memory.missing).toEqual({ 3: NOW });
    await host.wait(2 * HOUR);
    await host.reread();
    expect(host.kinds).toEqual([]);
    await host.wait(2 * HOUR);
    await host.reread();
    expect(host.events).toMatchObject([{ kind: "weigh_in_deleted", subjectId: 3 }]);
    expect(host.person.memory.missing).toEqual({});
  });

  test("forgets a miss when the group shows again", async () => {
    const host = await withHistory(5);
    host.api.delete(3);
    await host.reread();
    host.api.put(weight(3, NOW - 3 * HOUR, 80.3));
    await host.wait(DAY);
    await host.reread();
    expect(host.person.memory.missing).toEqual({});
    host.api.delete(3);
    await host.reread();
    expect(host.kinds).toEqual([]);
  });

  test("that is answered with nothing deletes nothing, however often, and says that the API shows nothing", async () => {
    const host = await withHistory(29);
    const groups = host.api.groups;
    for (const { id } of groups) host.api.delete(id);
    for (let night = 0; night < 3; night++) {
      await host.reread();
      await host.wait(DAY);
    }
    expect(host.kinds).toEqual([]);
    expect(host.store.stored).toHaveLength(29);
    expect(lastSeen(host)).toMatchObject({ isEmpty: true });
    for (const one of groups) host.api.put(one);
    await host.reread();
    expect(host.kinds).toEqual([]);
    expect(lastSeen(host)).toMatchObject({ isEmpty: false });
  });

  test("deletes the only weigh-ins of the last weeks where the API still shows an older one", async () => {
    const host = await withHistory(2);
    host.api.put(weight(90, 10, 85));
    await host.poll();
    host.store.events.length = 0;
    for (const id of [1, 2]) host.api.delete(id);
    await host.wait(60 * DAY);
    for (let night = 0; night < 4; night++) {
      await host.reread();
      await host.wait(DAY);
    }
    expect(host.kinds).toEqual(["weigh_in_deleted", "weigh_in_deleted"]);
    expect(host.person.state.lastWeighIn?.id).toBe(90);
  });

  test("compares the older past in slices, all of it within weeks", async () => {
    const host = new Host();
    await host.wait(10 * 365 * DAY);
    await host.poll();
    const now = host.api.now;
    for (let n = 0; n < 120; n++) host.api.put(weight(100 + n, now - n * 30 * DAY - DAY, 80));
    await host.poll();
    host.store.events.length = 0;
    const late = weight(9, now - 9 * 365 * DAY, 70);
    host.api.delete(150);
    host.api.put(late);
    // The poll that would show it was lost.
    host.api.forgetChanges();
    for (let night = 0; night < 23; night++) {
      await host.wait(DAY);
      await host.reread();
    }
    expect(host.events.map(({ kind, subjectId }) => [kind, subjectId])).toEqual(
      expect.arrayContaining([
        ["weigh_in_deleted", 150],
        ["weigh_in", 9],
      ]),
    );
    expect(host.events).toHaveLength(2);
  });

  test("finds the deletion of what is dated in the future", async () => {
    const host = await withHistory(3);
    host.api.put(weight(50, NOW + 400 * DAY));
    await host.poll();
    host.api.delete(50);
    await host.reread();
    await host.wait(DAY);
    await host.reread();
    expect(host.events).toMatchObject([{ kind: "weigh_in" }, { kind: "weigh_in_deleted", subjectId: 50 }]);
  });
});

describe("an announced deletion", () => {
  test("counts at once where the API shows other groups", async () => {
    const host = await withHistory(5);
    host.api.delete(1);
    await host.hint(NOW - HOUR);
    expect(host.events).toMatchObject([{ kind: "weigh_in_deleted", subjectId: 1 }]);
  });

  test("of the oldest weigh-in counts at once where the API shows the next one", async () => {
    const host = await withHistory(5);
    host.api.delete(5);
    await host.hint(NOW - 5 * HOUR);
    expect(host.events).toMatchObject([{ kind: "weigh_in_deleted", subjectId: 5 }]);
  });

  test("of several weigh-ins in a row counts at once, though the nearest neighbours are deleted, too", async () => {
    const host = await withHistory(8);
    await host.wait(DAY);
    await host.poll();
    for (const id of [3, 4, 5, 6]) host.api.delete(id);
    for (const id of [3, 6, 5, 4]) await host.hint(NOW - id * HOUR);
    expect(host.events.map(({ subjectId }) => subjectId)).toEqual([3, 6, 5, 4]);
  });

  test("of all the oldest weigh-ins counts at once where the API shows a later one", async () => {
    const host = await withHistory(8);
    await host.wait(DAY);
    await host.poll();
    for (const id of [5, 6, 7, 8]) host.api.delete(id);
    for (const id of [5, 6, 7, 8]) await host.hint(NOW - id * HOUR);
    expect(host.events.map(({ subjectId }) => subjectId)).toEqual([5, 6, 7, 8]);
  });

  test("of everything waits for ever: emptiness proves nothing", async () => {
    const host = await withHistory(3);
    for (const id of [1, 2, 3]) host.api.delete(id);
    for (let n = 1; n <= 3; n++) await host.hint(NOW - n * HOUR);
    expect(host.kinds).toEqual([]);
    expect(lastSeen(host)).toMatchObject({ isEmpty: true });
  });

  test("of most of a long window waits for a second read", async () => {
    const host = await withHistory(60);
    for (let id = 2; id <= 60; id++) host.api.delete(id);
    await host.hint(NOW - 70 * HOUR, NOW);
    expect(host.kinds).toEqual([]);
    await host.wait(4 * HOUR);
    await host.hint(NOW - 70 * HOUR, NOW);
    expect(host.kinds).toHaveLength(59);
  });
});

test("a notification for a window of years brings what is new and what was deleted, in bounded parts", async () => {
  const host = new Host();
  await host.wait(10 * 365 * DAY);
  await host.poll();
  const now = host.api.now;
  for (let n = 0; n < 1_200; n++) host.api.put(weight(100 + n, now - n * 3 * DAY - DAY, 80));
  await host.poll();
  host.store.events.length = 0;
  host.api.queries.length = 0;
  host.api.delete(700);
  host.api.put(weight(9, now - 1_000 * DAY - 7 * HOUR, 70));
  await host.wideHint(0, 999_999_999_999_999);
  expect(host.events.map(({ kind, subjectId }) => [kind, subjectId])).toEqual(
    expect.arrayContaining([
      ["weigh_in_deleted", 700],
      ["weigh_in", 9],
    ]),
  );
  expect(host.events).toHaveLength(2);
  expect(host.api.queries.filter((query) => "from" in query)).toHaveLength(3);
});
