import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@weighbridge/core";
import { stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { moveRows } from "../../src/store/move.ts";
import { openPostgresSource, openPostgresTarget } from "../../src/store/postgres/postgres-tables.ts";
import { openSqliteSource, openSqliteTarget } from "../../src/store/sqlite/sqlite-tables.ts";
import type { Store } from "../../src/store/store.ts";
import { TABLES, type Tables } from "../../src/store/tables.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { openStore } from "../support/open-store.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

/** More than one batch of groups, and something in every table. */
async function fill(store: Store): Promise<void> {
  await store.setting("client_id", () => "weighbridge0123");
  const ada = await store.addPerson("wbs:29", 1_000);
  const gone = await store.addPerson("public:7", 1_000);
  await store.removePerson(gone.id);
  const groups = Array.from({ length: LIMITS.rowsMoved + 5 }, (_, n) => weightGroup(1_000 + n, 5_000 + n));
  const odd = { ...weightGroup(9_007_199_254_740_991, 1, 80.1), comment: "NUL \0, \ud800, 👩‍⚕️, \"', {a,b}" };
  const event = { id: "e", kind: "measurement", subjectId: 7, measuredAt: 1, recordedAt: 1, backdated: false } as const;
  const more = { attribution: null, values: {}, derived: { bmi: null, change: null, trend: null, toTarget: null } };
  const verdicts = [{ weighInId: 7, verdict: "claimed" }] as const;
  const change = changeOf([...groups, odd], { cursor: 9_000, verdicts, events: [{ ...event, ...more }] });
  const messages = Array.from({ length: 5 }, (_, n) => ({ topic: "ü/weigh_in", payload: `{"n":${n}}` }));
  const held = { added: [{ id: 7, measuredAt: 1, values: { weight: 80.1 } }], ended: [] };
  const rest = { seen: ["weight"], memory: { rereadAt: 5 }, held };
  await store.commitSync(ada.id, { change, messages, isStateChanged: true, ...rest });
  await store.takeHint(ada.id, { from: 1, to: 2 }, 3);
  await store.takeHint(ada.id, null, 4);
  await store.addRetainedTopics(["b", "Ä", "a", "B"]);
  await store.release(2);
  await store.park(3, "0x87");
  for (const id of [4, 5]) store.finish(id);
}

/** All rows of all tables, by name. */
async function contentOf(tables: Tables) {
  const all = new Map(
    await Promise.all(TABLES.map(async (table) => [table.name, await tables.rows(table, undefined, 1e6)] as const)),
  );
  return { all, lastEventId: await tables.lastEventId() };
}

async function move(from: Tables, to: Tables) {
  const copied = new Map<string, number>();
  try {
    await moveRows({ from, to, onTable: (table, facts) => copied.set(table, facts.copied) });
    return copied;
  } finally {
    await to.close();
  }
}

describeWithPostgres((server) => {
  const newTarget = () => targetOf(server(), server().emptyDatabase());

  async function filled(): Promise<string> {
    const directory = stateDir();
    const { store } = openStore(directory, systemClock);
    await fill(store);
    await store.close();
    return directory;
  }

  function sourceOf(directory: string): Tables {
    const source = openSqliteSource(directory);
    onTestFinished(() => source.close().catch(() => {}));
    return source;
  }

  /** A store that fails when a table gets its rows for the nth time, as one that loses its server. */
  const failingAt = (to: Tables, name: string, nth: number): Tables => {
    const { add } = to;
    let times = 0;
    to.add = async (table, rows) => {
      if (table.name === name && ++times === nth) throw new Error("interrupted");
      return add.call(to, table, rows);
    };
    return to;
  };

  test("everything comes to PostgreSQL and back as it was, and the ids of events go on", async () => {
    const directory = await filled();
    const target = newTarget();
    const source = sourceOf(directory);
    const content = await contentOf(source);
    expect([...content.all.values()].every((rows) => rows.length > 0)).toBe(true);
    const copied = await move(source, await openPostgresTarget(target));
    expect(copied.get("groups")).toBe(LIMITS.rowsMoved + 6);
    await source.putAside();
    await source.close();
    expect(readdirSync(directory)).not.toContain("weighbridge.sqlite");

    const back = await openPostgresSource(target);
    expect(await contentOf(back)).toEqual(content);
    const other = stateDir();
    await move(back, openSqliteTarget(other));
    const aside = await back.putAside();
    await back.close();
    expect(aside).toMatch(/the schema weighbridge_moved_\d+_\d+ of weighbridge at/);
    expect(existsSync(join(other, "moving"))).toBe(false);
    expect(await contentOf(sourceOf(other))).toEqual(content);
  });

  test("a bridge goes on with the moved store: new ids behind the old ones, everywhere", async () => {
    const target = newTarget();
    await move(sourceOf(await filled()), await openPostgresTarget(target));
    const { store } = await openPostgres(target);
    expect(await store.released()).toEqual([2]);
    const [ada] = await store.people();
    await store.commitSync(ada?.id as number, { messages: [{ topic: "t", payload: "new" }], isStateChanged: false });
    expect((await store.owed(0, 9)).map(({ id }) => id)).toEqual([1, 6]);
    await store.takeHint(ada?.id as number, { from: 7, to: 8 }, 9);
    expect((await store.addPerson("wbs:30", 1)).id).toBeGreaterThan(ada?.id as number);
  });

  test.each([
    ["groups", 2],
    ["outbox", 1],
    ["meta", 1],
  ])("a move that was interrupted in %s is refused to a bridge, and goes on where it was", async (table, nth) => {
    const target = newTarget();
    const source = sourceOf(await filled());
    await expect(move(source, failingAt(await openPostgresTarget(target), table, nth))).rejects.toThrow("interrupted");
    await expect(openPostgres(target)).rejects.toMatchObject({
      code: "state_unusable",
      remedy: expect.stringContaining("store move again"),
    });
    const copied = await move(source, await openPostgresTarget(target));
    if (table === "groups") expect(copied.get("groups")).toBe(6);
    expect(await contentOf(await openAndClose(target))).toEqual(await contentOf(source));
  });

  test("a move back that was interrupted leaves no database to a bridge, and goes on where it was", async () => {
    const target = newTarget();
    await move(sourceOf(await filled()), await openPostgresTarget(target));
    const back = await openAndClose(target);
    const directory = stateDir();
    const broken = failingAt(openSqliteTarget(directory), "groups", 2);
    await expect(move(back, broken)).rejects.toThrow("interrupted");
    expect(existsSync(join(directory, "weighbridge.sqlite"))).toBe(false);
    expect((await move(back, openSqliteTarget(directory))).get("groups")).toBe(6);
    expect(await contentOf(sourceOf(directory))).toEqual(await contentOf(back));
  });

  test("a move that ended, and whose source was not put aside, ends once more without a copy", async () => {
    const target = newTarget();
    const source = sourceOf(await filled());
    await move(source, await openPostgresTarget(target));
    const copied = await move(source, await openPostgresTarget(target));
    expect(new Set(copied.values())).toEqual(new Set([0]));
  });

  test("a store that a bridge has used meanwhile is not written to, and the first row that differs is named", async () => {
    const target = newTarget();
    const { store } = await openPostgres(target);
    await store.setting("client_id", () => "another");
    await store.close();
    await expect(move(sourceOf(await filled()), await openPostgresTarget(target))).rejects.toMatchObject({
      code: "state_unusable",
      message: expect.stringContaining("client_id of meta"),
    });
    const other = await openAndClose(target);
    expect((await contentOf(other)).all.get("meta")).toEqual([["client_id", "another"]]);
  });

  test("a bridge that runs keeps its store from being moved, and an empty place is no source", async () => {
    const directory = await filled();
    openStore(directory);
    expect(() => openSqliteSource(directory)).toThrow("Another bridge");
    const target = newTarget();
    expect(() => openSqliteSource(stateDir())).toThrow("There is no database");
    await expect(openPostgresSource(target)).rejects.toThrow("holds no state");
    // Nothing was made there that would keep a bridge out.
    await openPostgres(target);
  });

  async function openAndClose(target: Parameters<typeof openPostgresSource>[0]): Promise<Tables> {
    const tables = await openPostgresSource(target);
    onTestFinished(() => tables.close().catch(() => {}));
    return tables;
  }
});
