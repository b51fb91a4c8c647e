import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { PersonEvent } from "@weighbridge/core";
import { stateDir } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { StoreError } from "../../src/errors.ts";
import { LIMITS } from "../../src/limits.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { openStore } from "../support/open-store.ts";
import { testStore } from "./contract.ts";

testStore("SQLite", () => {
  const directory = stateDir();
  return { open: () => openStore(directory).store };
});

testStore("SQLite, written by a thread,", () => {
  const directory = stateDir();
  const open = () => {
    const { store } = openStore(directory, undefined, { hasThread: true });
    // A burst brings the thread; the writes of the contract follow it.
    for (let n = 0; n < 100; n++) store.takeHint(NOBODY, null, 0).catch(() => {});
    store.removePerson(NOBODY).catch(() => {});
    return store;
  };
  return { open };
});

const NOBODY = 999;

const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

test("a second store on the same directory is refused and says what to do", () => {
  const directory = stateDir();
  openStore(directory);
  const error = caught(() => openStore(directory)) as StoreError;
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: "state_locked", actor: "operator" });
  expect(error.message).toContain(directory);
});

test("weigh-ins that an earlier release held are held on", async () => {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  const asked = (subject: number) => ({
    ...weightGroup(subject, subject * 100, 68.5),
    attribution: { code: 1, name: "ambiguous" },
  });
  const groups = [asked(1), asked(2), asked(3), weightGroup(4, 400)];
  const change = changeOf(groups, {
    verdicts: [{ weighInId: 2, verdict: "refused" }],
    events: [1, 2, 4].map(announced),
  });
  await store.commitSync(id, { change, messages: [], isStateChanged: true });
  await store.close();
  const db = new DatabaseSync(join(directory, "weighbridge.sqlite"));
  db.exec("DROP TABLE held; ALTER TABLE outbox DROP COLUMN added_at; PRAGMA user_version = 3");
  db.close();
  const { store: after } = openStore(directory);
  expect(await after.held(id)).toEqual({ count: 1, newest: [{ id: 1, measuredAt: 100, values: { weight: 68.5 } }] });
});

const announced = (subjectId: number): PersonEvent => ({
  ...{ id: "e", kind: "weigh_in_ambiguous", subjectId, measuredAt: 1, recordedAt: 1, backdated: false },
  ...{ attribution: null, values: {}, derived: { bmi: null, change: null, trend: null, toTarget: null } },
});

test("the directory is free again after closing, and after kill -9", async () => {
  const directory = stateDir();
  const holder = fileURLToPath(new URL("hold-store.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@weighbridge/source", holder, directory], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  expect(caught(() => openStore(directory))).toMatchObject({ code: "state_locked" });
  child.kill("SIGKILL");
  await once(child, "exit");
  const { store } = openStore(directory);
  expect(await store.people()).toMatchObject([{ key: "wbs:29" }]);
  await store.close();
  expect(await openStore(directory).store.people()).toMatchObject([{ key: "wbs:29" }]);
});

test("a directory of a newer version is refused", async () => {
  const directory = stateDir();
  await openStore(directory).store.close();
  const db = new DatabaseSync(join(directory, "weighbridge.sqlite"));
  db.exec("PRAGMA user_version = 1000");
  db.close();
  expect(caught(() => openStore(directory))).toMatchObject({ code: "state_newer" });
});

test("a directory that cannot be made is refused with the reason", () => {
  const error = caught(() => openStore("/dev/null/state")) as StoreError;
  expect(error).toMatchObject({ code: "state_unusable" });
  expect(error.remedy).toContain("write");
});

test("only the user of the bridge may look into the directory", () => {
  const directory = join(stateDir(), "new");
  openStore(directory);
  expect(statSync(directory).mode & 0o077).toBe(0);
});

test("in a directory that was there before, only the user of the bridge may read the state", async () => {
  const directory = stateDir();
  chmodSync(directory, 0o755);
  // As an older version left it.
  writeFileSync(join(directory, "weighbridge.sqlite"), "", { mode: 0o644 });
  const { store } = openStore(directory);
  await store.addPerson("wbs:29", 0);
  const files = readdirSync(directory).filter((name) => name.startsWith("weighbridge.sqlite"));
  expect(files).toHaveLength(3);
  for (const name of files) expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o755);
});

test.each([
  [
    "whose header is gone",
    (file: string) => writeFileSync(file, "no database at all, but long enough for a header".repeat(100)),
  ],
  ["that was cut", (file: string) => truncateSync(file, 5_000)],
])("a database %s is named, with what to do", async (_what, spoil) => {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  await store.commitSync(id, { change: changeOf([weightGroup(1, 100)]), messages: [], isStateChanged: false });
  await store.close();
  spoil(join(directory, "weighbridge.sqlite"));
  const error = caught(() => openStore(directory)) as StoreError;
  expect(error).toMatchObject({ code: "state_spoilt", actor: "operator" });
  expect(error.message).toContain(join(directory, "weighbridge.sqlite"));
  for (const words of ["Restore a copy", "move it away", "come back from the API", "are lost"])
    expect(error.remedy).toContain(words);
});

test("a page that is spoilt fails the first write that meets it, with what to do", async () => {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  const many = Array.from({ length: 2_000 }, (_, n) => weightGroup(n, 100 + n));
  await store.commitSync(id, { change: changeOf(many), messages: [], isStateChanged: false });
  await store.close();
  const file = join(directory, "weighbridge.sqlite");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x55, 40_960, bytes.length - 4_096));
  const { store: again, failures } = openStore(directory);
  await expect(again.commitSync(id, { change: changeOf(many), messages: [], isStateChanged: false })).rejects.toThrow();
  expect(failures).toMatchObject([{ code: "state_spoilt" }]);
});

test("an empty database is made anew, with a warning that names what is lost", () => {
  const directory = stateDir();
  writeFileSync(join(directory, "weighbridge.sqlite"), "");
  const { warnings } = openStore(directory);
  expect(warnings.join()).toContain("was empty");
});

test.each(["lock.sqlite", "lock.pid", "weighbridge.sqlite"])(
  "a link in place of %s is refused, and its target stays",
  (name) => {
    const [directory, target] = [stateDir(), join(stateDir(), "victim")];
    writeFileSync(target, "precious");
    symlinkSync(target, join(directory, name));
    expect(caught(() => openStore(directory))).toMatchObject({ code: "state_unusable" });
    expect(readFileSync(target, "utf8")).toBe("precious");
  },
);

test("only the user of the bridge can take its lock, and a directory that others may write to is warned of", () => {
  const directory = stateDir();
  chmodSync(directory, 0o777);
  const { warnings } = openStore(directory);
  for (const name of ["lock.sqlite", "lock.pid"]) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
  expect(warnings.join()).toContain("Other users may write");
});

test("all writes of one turn of the event loop are one transaction", async () => {
  const directory = stateDir();
  const { store } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  const writes = [store.takeHint(id, { from: 1, to: 2 }, 5), store.takeHint(id, { from: 3, to: 4 }, 5)];
  // A write that fails takes everything of its transaction along.
  const broken = changeOf([{ ...weightGroup(1, 100), id: "not a number" as unknown as number }]);
  writes.push(store.commitSync(id, { change: broken, messages: [], isStateChanged: false }));
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(await store.hints(id, 9)).toEqual([]);
});

test("a burst is written by a thread, and its order is kept", async () => {
  const directory = stateDir();
  const { store } = openStore(directory, undefined, { hasThread: true });
  const { id } = await store.addPerson("wbs:29", 0);
  for (let burst = 0; burst < 40; burst++) {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.takeHint(id, { from: burst, to: burst + n }, burst * 50 + n)),
    );
    const taken = (await store.hints(id, 10_000)).map(({ takenAt }) => takenAt);
    expect(taken[0]).toBe(burst * 50 + 49);
    expect(taken).toEqual(taken.toSorted((a, b) => b - a));
  }
  const late = store.takeHint(id, null, 9_999);
  await store.close();
  await late;
  expect((await openStore(directory).store.hints(id, 1))[0]?.takenAt).toBe(9_999);
});

test("a write that fails in the thread ends everything that came after it, with what to do", async () => {
  const { store, failures } = openStore(stateDir(), undefined, { hasThread: true });
  const { id } = await store.addPerson("wbs:29", 0);
  const burst = () => Promise.all(Array.from({ length: 50 }, () => store.takeHint(id, null, 1)));
  for (let n = 0; n < 40; n++) await burst();
  const broken = changeOf([{ ...weightGroup(1, 100), id: "not a number" as unknown as number }]);
  await expect(store.commitSync(id, { change: broken, messages: [], isStateChanged: false })).rejects.toThrow();
  await expect(store.takeHint(id, null, 1)).rejects.toThrow();
  expect(failures).toMatchObject([{ code: "state_unusable" }]);
});

test("after a write that failed nothing is written any more, and the failure is told once", async () => {
  const directory = stateDir();
  const { store, failures } = openStore(directory);
  const { id } = await store.addPerson("wbs:29", 0);
  const broken = changeOf([{ ...weightGroup(1, 100), id: "not a number" as unknown as number }]);
  const commit = { change: broken, messages: [], isStateChanged: false };
  await expect(store.commitSync(id, commit)).rejects.toThrow();
  await expect(store.takeHint(id, { from: 1, to: 2 }, 5)).rejects.toThrow();
  expect(failures).toHaveLength(1);
});

test("a finished event's row is deleted after a while where no other write takes it along", async () => {
  const { store, clock } = openStore(stateDir());
  const { id } = await store.addPerson("wbs:29", 0);
  await store.commitSync(id, {
    change: changeOf([]),
    messages: [{ topic: "t", payload: "a" }],
    isStateChanged: false,
  });
  store.finish(1);
  expect((await store.counts()).owed).toBe(1);
  await clock.advance(LIMITS.lazyCommitMs);
  await expect.poll(async () => (await store.counts()).owed).toBe(0);
});
