import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { personStoreContract } from "@weighbridge/core/testing";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";
import { storedPerson } from "../support/stored-person.ts";
import { testStore } from "./contract.ts";

const EVENT = { change: changeOf([]), messages: [{ topic: "t", payload: "a" }], isStateChanged: false };
const BROKEN = {
  change: changeOf([{ ...weightGroup(1, 100), id: "not a number" as unknown as number }]),
  messages: [],
  isStateChanged: false,
};

describeWithPostgres((server) => {
  const newTarget = () => targetOf(server(), server().emptyDatabase());
  const refusal = (...target: Parameters<typeof openPostgres>) =>
    openPostgres(...target).then(
      () => undefined,
      (error: unknown) => error as Error & { readonly remedy: string },
    );

  testStore("PostgreSQL", () => {
    const target = newTarget();
    return { open: async () => (await openPostgres(target)).store };
  });

  personStoreContract("A person of a PostgreSQL database", () => {
    const target = newTarget();
    return storedPerson(async () => (await openPostgres(target)).store);
  });

  test("a second bridge on the same database is refused, and the first one is named", async () => {
    const target = newTarget();
    await openPostgres(target);
    const error = await refusal(target);
    expect(error).toMatchObject({ code: "state_locked", actor: "operator" });
    expect(error?.message).toContain(`process ${process.pid}`);
    expect(error?.message).toContain(target.database);
  });

  test("the database is free again after closing, and after kill -9", async () => {
    const target = newTarget();
    const holder = fileURLToPath(new URL("hold-postgres.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=@weighbridge/source", holder, JSON.stringify(target)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { store } = await openPostgres(target);
    expect(await store.people()).toMatchObject([{ key: "wbs:29" }]);
    await store.close();
    expect(await (await openPostgres(target)).store.people()).toMatchObject([{ key: "wbs:29" }]);
  });

  test("steps of migration are recorded, and a database of a newer version is refused", async () => {
    const target = newTarget();
    await (await openPostgres(target)).store.close();
    expect(server().sql("SELECT step, made_by FROM weighbridge.migrations", target.database)).toContain(
      "1|weighbridge on",
    );
    server().sql("INSERT INTO weighbridge.migrations (step) VALUES (1000)", target.database);
    expect(await refusal(target)).toMatchObject({ code: "state_newer" });
  });

  test("a user who may not make tables is told so, and nothing is left behind", async () => {
    const target = newTarget();
    server().sql(`CREATE ROLE guest LOGIN PASSWORD 'guest'`);
    const guest = { ...target, user: "guest", password: "guest" };
    const error = await refusal(guest);
    expect(error).toMatchObject({ code: "state_unusable" });
    expect(error?.remedy).toContain("own the database");
  });

  test.each([
    ["a wrong password", { password: "0123-secret" }, "password"],
    ["a database that is not there", { database: "nowhere" }, "CREATE DATABASE"],
    ["a server that is not there", { port: 9 }, "Start the server"],
    ["a server without TLS", { tls: { isVerified: true } }, "sslmode=disable"],
  ])("%s is told with what to do, and without the password", async (_what, wrong, remedy) => {
    const error = await refusal({ ...newTarget(), ...wrong });
    expect(error).toMatchObject({ code: "state_unusable", actor: "operator" });
    expect(error?.remedy).toContain(remedy);
    expect(`${error?.message} ${error?.remedy}`).not.toMatch(/0123-secret|never printed/);
  });

  test("the server is reached by its Unix socket, too", async () => {
    const { store } = await openPostgres({ ...newTarget(), host: server().socketFolder });
    expect(await store.people()).toEqual([]);
  });

  test("a database whose encoding cannot hold every name is refused", async () => {
    server().sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    const error = await refusal(targetOf(server(), "latin"));
    expect(error?.message).toContain("LATIN1");
    expect(error?.remedy).toContain("UTF8");
  });

  test("all writes of one turn of the event loop are one transaction", async () => {
    const target = newTarget();
    const { store, failures } = await openPostgres(target);
    const { id } = await store.addPerson("wbs:29", 0);
    const writes = [store.takeHint(id, { from: 1, to: 2 }, 5), store.takeHint(id, { from: 3, to: 4 }, 5)];
    // A write that fails takes everything of its transaction along.
    writes.push(store.commitSync(id, BROKEN));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await expect(store.takeHint(id, null, 5)).rejects.toThrow();
    expect(failures).toMatchObject([{ code: "state_unusable", message: expect.stringContaining("not a number") }]);
    await store.close().catch(() => {});
    expect(await (await openPostgres(target)).store.hints(id, 9)).toEqual([]);
  });

  test("what comes while a transaction is on its way shares the next one, in order", async () => {
    const target = newTarget();
    const { store } = await openPostgres(target);
    const { id } = await store.addPerson("wbs:29", 0);
    const transactions = () =>
      Number(server().sql(`SELECT count(DISTINCT xmin::text) FROM weighbridge.hints`, target.database));
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.takeHint(id + n, null, n)));
    expect(transactions()).toBe(1);
    const first = store.takeHint(100, null, 1);
    await new Promise(setImmediate);
    const others = Array.from({ length: 50 }, (_, n) => store.takeHint(200 + n, null, n));
    await Promise.all([first, ...others]);
    expect(transactions()).toBe(3);
  });

  test("a crash of the server ends the store with what to do, and what was acknowledged is there afterwards", async () => {
    const target = newTarget();
    const { store, failures } = await openPostgres(target);
    const { id } = await store.addPerson("wbs:29", 0);
    await store.commitSync(id, EVENT);
    await server().goAway("crash");
    await expect
      .poll(() => failures)
      .toMatchObject([{ code: "state_unusable", remedy: expect.stringContaining("log") }]);
    await expect(store.takeHint(id, null, 1)).rejects.toThrow();
    await expect(store.people()).rejects.toThrow();
    await store.close().catch(() => {});
    await server().comeBack();
    const { store: again } = await openPostgres(target);
    expect(await again.owed(0, 9)).toEqual([{ id: 1, topic: "t", payload: "a" }]);
    await again.commitSync(id, EVENT);
    const [, second] = await again.owed(0, 9);
    expect(second?.id).toBeGreaterThan(1);
  });

  test("a connection that the server ends is noticed without a write: the lock is gone with it", async () => {
    const target = newTarget();
    const { failures } = await openPostgres(target);
    server().sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${target.database}' AND pid <> pg_backend_pid()`,
    );
    await expect.poll(() => failures).toMatchObject([{ code: "state_unusable" }]);
    await openPostgres(target);
  });

  test("a server that says nothing any more is given up before it could let another bridge in", async () => {
    const target = newTarget();
    const { store, failures, clock } = await openPostgres(target);
    for (let round = 0; round < 3; round++) {
      await clock.advance(LIMITS.databaseCheckMs);
      // Answers come in order: after this one, the look at the server is over.
      await store.lastOutboxId();
      await clock.advance(0);
    }
    await clock.advance(LIMITS.databaseSilenceMs);
    await store.lastOutboxId();
    expect(failures).toEqual([]);
    const writer = Number(server().sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory'", target.database));
    process.kill(writer, "SIGSTOP");
    onTestFinished(() => void process.kill(writer, "SIGCONT"));
    const waiting = store.addRetainedTopics(["a"]);
    waiting.catch(() => {});
    await clock.advance(LIMITS.databaseCheckMs);
    await clock.advance(LIMITS.databaseSilenceMs);
    await expect.poll(() => failures).toMatchObject([{ message: expect.stringContaining("says nothing any more") }]);
    await expect(waiting).rejects.toThrow();
    await store.close();
  });

  test("a statement that takes too long fails as any other does", async () => {
    const target = newTarget();
    await (await openPostgres(target)).store.close();
    const { store, failures } = await openPostgres({ ...target, statementTimeoutMs: 200 });
    const { tls: _, ...other } = target;
    const holder = new Client(other);
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query("BEGIN; LOCK TABLE weighbridge.retained");
    await expect(store.addRetainedTopics(["a"])).rejects.toThrow("timeout");
    expect(failures).toHaveLength(1);
  });

  test("a finished event's row is deleted after a while where no other write takes it along", async () => {
    const { store, clock } = await openPostgres(newTarget());
    const { id } = await store.addPerson("wbs:29", 0);
    await store.commitSync(id, EVENT);
    store.finish(1);
    expect((await store.counts()).owed).toBe(1);
    await clock.advance(LIMITS.lazyCommitMs);
    await expect.poll(async () => (await store.counts()).owed).toBe(0);
  });

  test("the database's name for this bridge is seen by an operator, and no transaction stays open", async () => {
    const target = newTarget();
    await openPostgres(target);
    const sessions = server().sql(
      `SELECT state, application_name FROM pg_stat_activity WHERE datname = '${target.database}'`,
    );
    expect(sessions).toMatch(/^idle\|weighbridge on .*, process \d+$/);
  });

  test("texts and numbers of every kind come back as they were", async () => {
    const { store } = await openPostgres(newTarget());
    const { id } = await store.addPerson("wbs:29", 0);
    const group = {
      ...weightGroup(9_007_199_254_740_991, 4_102_444_800, 80.123456789),
      comment: "NUL \0, \ud800, 👩‍⚕️, \"', {a,b}",
    };
    const payload = JSON.stringify(group);
    await store.commitSync(id, {
      change: changeOf([group]),
      messages: [{ topic: "ü/{}", payload }],
      isStateChanged: false,
    });
    expect(await store.reader(id).byIds([group.id])).toEqual([group]);
    expect(await store.owed(0, 9)).toEqual([{ id: 1, topic: "ü/{}", payload }]);
  });
});
