import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { decideLeases, type Lease, type LeaseBoard, LeaseKeeper } from "../../src/store/leases.ts";

const leases = (count: number): Lease[] => Array.from({ length: count }, (_, shard) => ({ shard, epoch: 1 }));

test.each([
  { held: 0, shards: 16, replicas: 1, take: 16, back: [] },
  { held: 16, shards: 16, replicas: 3, take: 0, back: [6, 7, 8, 9, 10, 11, 12, 13, 14, 15] },
  { held: 4, shards: 16, replicas: 3, take: 2, back: [] },
  { held: 6, shards: 16, replicas: 3, take: 0, back: [] },
  { held: 1, shards: 1, replicas: 3, take: 0, back: [] },
  // A replica whose own row is not there yet.
  { held: 0, shards: 4, replicas: 0, take: 4, back: [] },
])("of $shards shards among $replicas replicas one that holds $held takes $take and gives back $back", (row) => {
  const { take, giveBack } = decideLeases({ ...row, held: leases(row.held).toReversed() });
  expect({ take, back: giveBack.map(({ shard }) => shard) }).toEqual({ take: row.take, back: row.back });
});

test("replicas that come and go end with every shard owned once, and none with more than its share", () => {
  for (const shards of [1, 4, 16, 64])
    for (const replicas of [1, 2, 3, 5, 16]) {
      const owned = Array.from({ length: replicas }, (_, n) => (n === 0 ? leases(shards) : []));
      let free: Lease[] = [];
      for (let round = 0; round < 3; round++)
        for (const [n, held] of owned.entries()) {
          const { take, giveBack } = decideLeases({ held, shards, replicas });
          free.push(...giveBack);
          owned[n] = [...held.filter((lease) => !giveBack.includes(lease)), ...free.slice(0, take)];
          free = free.slice(take);
        }
      expect(free, `${shards} among ${replicas}`).toEqual([]);
      expect(owned.flat().toSorted((a, b) => a.shard - b.shard)).toEqual(leases(shards));
      expect(Math.max(...owned.map(({ length }) => length))).toBeLessThanOrEqual(Math.ceil(shards / replicas));
    }
});

/** One replica at a board in memory. What it is told goes into `told`. */
function keeper(shards = 2) {
  const clock = new ManualClock(0);
  const told: string[] = [];
  const state = { isDown: false, replicas: 1, lost: [] as number[], isAway: false };
  let epoch = 0;
  let free = Array.from({ length: shards }, (_, shard) => shard);
  const board: LeaseBoard = {
    renew: async (held) => {
      if (state.isDown) throw new Error("no answer");
      return { held: held.filter(({ shard }) => !state.lost.includes(shard)), shards, replicas: state.replicas };
    },
    take: async (count) => {
      const taken = free.slice(0, count).map((shard) => ({ shard, epoch: ++epoch }));
      free = free.slice(count);
      return taken;
    },
    giveBack: async (back) => {
      told.push(...back.map(({ shard }) => `free ${shard}`));
      free.push(...back.map(({ shard }) => shard));
    },
    leave: async () => {
      state.isAway = true;
    },
  };
  const kept = new LeaseKeeper({
    board,
    clock,
    onTaken: ({ shard, epoch: held }) => told.push(`taken ${shard} ${held}`),
    onLost: async ({ shard }) => void told.push(`lost ${shard}`),
    onError: (error) => told.push(String(error)),
  });
  kept.start();
  return { clock, told, state, kept, lease: { shard: 0, epoch: 1 } };
}

test("a replica alone takes everything, and holds it as long as it renews", async () => {
  const { clock, told, kept, lease } = keeper();
  await clock.advance(0);
  await clock.advance(10 * LIMITS.leaseMs);
  expect(told).toEqual(["taken 0 1", "taken 1 2"]);
  expect(kept.isHeld(lease)).toBe(true);
  expect(kept.isHeld({ ...lease, epoch: 2 })).toBe(false);
  await kept.stop();
});

test("one that was frozen holds nothing from the instant at which its lease ends, before any answer says so", async () => {
  const { clock, state, kept, lease } = keeper();
  await clock.advance(0);
  state.isDown = true;
  await clock.advance(LIMITS.leaseMs - 1);
  expect(kept.isHeld(lease)).toBe(true);
  await clock.advance(1);
  expect(kept.isHeld(lease)).toBe(false);
  await kept.stop();
});

test("a database that is away for less than a lease costs nothing; for longer, the shards are lost and taken again", async () => {
  const { clock, told, state, kept } = keeper(1);
  await clock.advance(0);
  state.isDown = true;
  await clock.advance(2 * LIMITS.leaseRenewMs);
  state.isDown = false;
  await clock.advance(LIMITS.leaseRenewMs);
  expect(told).toEqual(["taken 0 1", "Error: no answer", "Error: no answer"]);
  state.isDown = true;
  await clock.advance(2 * LIMITS.leaseMs);
  expect(told.filter((line) => line === "lost 0")).toHaveLength(1);
  await kept.stop();
});

test("a shard that another replica has taken is lost, and one above the share is given back when it is quiet", async () => {
  const { clock, told, state, kept } = keeper(3);
  await clock.advance(0);
  state.lost = [1];
  state.replicas = 2;
  await clock.advance(LIMITS.leaseRenewMs);
  expect(told.slice(3)).toEqual(["lost 1"]);
  state.replicas = 3;
  await clock.advance(LIMITS.leaseRenewMs);
  expect(told.slice(4)).toEqual(["lost 2", "free 2"]);
  await kept.stop();
});

test("stopping gives everything back and takes nothing more", async () => {
  const { clock, told, state, kept } = keeper();
  await clock.advance(0);
  const stopped = kept.stop();
  await clock.advance(10 * LIMITS.leaseMs);
  await stopped;
  expect(told.slice(2)).toEqual(["lost 0", "lost 1", "free 0", "free 1"]);
  expect(state.isAway).toBe(true);
});
