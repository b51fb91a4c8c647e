import { join } from "node:path";
import { stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/store/sqlite/open-database.ts";
import { Statements, type Step } from "../../src/store/sqlite/statements.ts";
import { WriteQueue } from "../../src/store/sqlite/write-queue.ts";
import { WriteThread } from "../../src/store/sqlite/write-thread.ts";

/** A queue whose thread has started, and which had two bursts: the thread writes from the next one on; what the main thread is asked to write is counted. */
async function threaded() {
  const directory = stateDir();
  const { db, close } = openDatabase(directory, { onWarning: () => {} });
  const thread = new WriteThread(join(directory, "weighbridge.sqlite"));
  await expect.poll(() => thread.isReady).toBe(true);
  const failures: unknown[] = [];
  const statements = new Statements(db);
  const here: number[] = [];
  const commit = statements.commit.bind(statements);
  statements.commit = (steps) => {
    here.push(steps.length);
    return commit(steps);
  };
  const queue = new WriteQueue({ statements, startThread: () => thread, onFailure: (error) => failures.push(error) });
  onTestFinished(async () => {
    await queue.close();
    close();
  });
  const hint = (n: number) => queue.write([["takeHint", 1, n, n, n]]);
  const nothing: Step = ["removeHints", 1];
  for (let burst = 0; burst < 2; burst++) await Promise.all(Array.from({ length: 8 }, () => queue.write([nothing])));
  here.length = 0;
  const taken = () =>
    statements
      .get("hints")
      .all(1, 10_000)
      .map((row) => row["taken_at"]);
  return { queue, hint, taken, here, failures };
}

test("a write alone is made by the main thread, the third burst and what follows it by the other, in order", async () => {
  const { hint, taken, here } = await threaded();
  await hint(0);
  expect(here).toEqual([1]);
  await Promise.all(Array.from({ length: 100 }, (_, n) => hint(n + 1)));
  await hint(101);
  expect(here).toEqual([1]);
  expect(taken()).toEqual(Array.from({ length: 102 }, (_, n) => 101 - n));
});

test("what comes while the thread waits for the disk shares the next transaction", async () => {
  const { queue, hint, taken } = await threaded();
  const first = Array.from({ length: 10 }, (_, n) => hint(n));
  await first[0];
  const second = Array.from({ length: 10 }, (_, n) => hint(10 + n));
  await Promise.all([...second, queue.close()]);
  expect(taken()).toHaveLength(20);
});

test("each write gets the first rows of its own steps", async () => {
  const { queue } = await threaded();
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      queue.write([
        ["addSetting", `name ${n}`, String(n)],
        ["setting", `name ${n}`],
      ]),
    ),
  );
  expect(made.map(([, kept]) => kept?.["value"])).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
});

test("after a transaction that failed in the thread nothing is written, and the failure is reported once", async () => {
  const { queue, hint, taken, failures } = await threaded();
  const burst = Array.from({ length: 10 }, (_, n) => hint(n));
  const broken = queue.write([["putGroup", 1, "not a number", 1, "{}"]]);
  const outcomes = await Promise.allSettled([...burst, broken]);
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  await expect(hint(1)).rejects.toThrow();
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ errcode: expect.any(Number) });
  expect(taken()).toEqual([]);
});
