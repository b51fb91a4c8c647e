import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { connectWriter } from "../../src/store/postgres/connections.ts";
import { PostgresLeases } from "../../src/store/postgres/postgres-leases.ts";
import { commit } from "../../src/store/postgres/statements.ts";
import { changeOf } from "../support/changes.ts";
import { describeWithPostgres, openPostgres, targetOf } from "../support/postgres.ts";

const EVENT = { change: changeOf([]), messages: [{ topic: "t", payload: "a" }], isStateChanged: false };

describeWithPostgres((server) => {
  /** A database with so many shards, and replicas at it by name. */
  async function replicas(shards: number) {
    const target = targetOf(server(), server().emptyDatabase());
    await (await openPostgres(target)).store.close();
    const sql = (text: string) => server().sql(text, target.database);
    sql(`INSERT INTO weighbridge.shards (id) SELECT generate_series(1, ${shards - 1})`);
    const connect = async () => {
      const client = await connectWriter(target);
      onTestFinished(() => client.end());
      return client;
    };
    return {
      target,
      sql,
      connect,
      named: async (name: string) => new PostgresLeases(await connect(), name),
      /** As if the server's clock had gone on by a lease. */
      expire: (owner: string) =>
        sql(`UPDATE weighbridge.shards SET expires_at = clock_timestamp() - interval '1 ms' WHERE owner = '${owner}';
          UPDATE weighbridge.replicas SET seen_at = seen_at - interval '${LIMITS.leaseMs} ms' WHERE name = '${owner}'`),
    };
  }

  test("no shard is ever owned by two replicas that take at the same time", async () => {
    const { named } = await replicas(16);
    const boards = await Promise.all(["a", "b", "c", "d"].map(named));
    const taken = (await Promise.all(boards.map((board) => board.take(16)))).flat();
    expect(new Set(taken.map(({ shard }) => shard)).size).toBe(taken.length);
    const rest = await Promise.all(boards.map((board) => board.take(16)));
    expect([...taken, ...rest.flat()].map(({ shard }) => shard).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 16 }, (_, shard) => shard),
    );
  });

  test("a lease that was renewed is kept, one that ended is taken by another under a higher epoch", async () => {
    const { named, expire } = await replicas(2);
    const [a, b] = [await named("a"), await named("b")];
    const held = await a.take(2);
    expect(await a.renew(held)).toEqual({ held: expect.arrayContaining([...held]), shards: 2, replicas: 1 });
    expect(await b.renew([])).toEqual({ held: [], shards: 2, replicas: 2 });
    expect(await b.take(2)).toEqual([]);
    expire("a");
    const taken = await b.take(2);
    expect(taken.map(({ epoch }) => epoch)).toEqual(held.map(({ epoch }) => epoch + 1));
    // One that slept through it: nothing is its own, and nothing of the other's is renewed or given back by it.
    expect(await a.renew(held)).toEqual({ held: [], shards: 2, replicas: 2 });
    await a.giveBack(held);
    expect((await b.renew(taken)).held).toHaveLength(2);
  });

  test("a lease that ended is not renewed, also where nobody has taken it yet", async () => {
    const { named, expire } = await replicas(1);
    const a = await named("a");
    const held = await a.take(1);
    expire("a");
    expect((await a.renew(held)).held).toEqual([]);
  });

  test("what is given back is free at once, and who left is counted no more", async () => {
    const { named } = await replicas(2);
    const [a, b] = [await named("a"), await named("b")];
    const held = await a.take(2);
    await a.renew(held);
    await a.giveBack(held.slice(0, 1));
    expect((await b.take(2)).map(({ shard }) => shard)).toEqual([held[0]?.shard]);
    await a.leave();
    expect((await b.renew([])).replicas).toBe(1);
  });

  test("a former owner's transaction is refused as a whole", async () => {
    const { named, expire, connect, sql } = await replicas(1);
    const [former] = await (await named("a")).take(1);
    const client = await connect();
    const add = (lease: typeof former, payload: string) =>
      commit(client, lease as NonNullable<typeof former>, [
        ["addEvents", ["t"], [payload], 0],
        ["addRetained", [payload]],
      ]);
    await add(former, "first");
    expire("a");
    // The shard has no other owner yet: the next one will read this row.
    await add(former, "late");
    const [next] = await (await named("b")).take(1);
    await expect(add(former, "too late")).rejects.toMatchObject({ code: "WB001" });
    await add(next, "next");
    expect(sql("SELECT string_agg(payload, ',' ORDER BY id) FROM weighbridge.outbox")).toBe("first,late,next");
    expect(sql("SELECT count(*) FROM weighbridge.retained")).toBe("3");
  });

  test("who takes a shard over waits for a transaction that its owner is writing", async () => {
    const { named, expire, connect } = await replicas(1);
    const [lease] = await (await named("a")).take(1);
    const owner = await connect();
    expire("a");
    await owner.query("BEGIN");
    await owner.query("SELECT weighbridge.fence($1, $2)", [lease?.shard, lease?.epoch]);
    const b = await named("b");
    // Left to its owner for now, in place of waiting.
    expect(await b.take(1)).toEqual([]);
    await owner.query("COMMIT");
    expect(await b.take(1)).toHaveLength(1);
  });

  test("a store whose shard has another owner does not confirm that it may publish", async () => {
    const { target, sql } = await replicas(1);
    const { store, failures } = await openPostgres(target);
    sql("UPDATE weighbridge.shards SET epoch = epoch + 1");
    await expect(store.confirm()).rejects.toThrow("another owner");
    expect(failures).toMatchObject([{ code: "state_locked" }]);
  });

  test("a store whose shard has another owner writes nothing more, and ends with what to do", async () => {
    const { target, sql } = await replicas(1);
    const { store, failures } = await openPostgres(target);
    const { id } = await store.addPerson("wbs:29", 0);
    await store.commitSync(id, EVENT);
    await store.confirm();
    // As a second bridge behind a pooler that gives one lock to two.
    sql("UPDATE weighbridge.shards SET epoch = epoch + 1");
    await expect(store.commitSync(id, EVENT)).rejects.toThrow("another owner");
    expect(failures).toMatchObject([{ code: "state_locked", remedy: expect.stringContaining("session mode") }]);
    expect(sql("SELECT count(*) FROM weighbridge.outbox")).toBe("1");
  });
});
