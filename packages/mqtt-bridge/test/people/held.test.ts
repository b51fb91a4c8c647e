import { type AmbiguousPolicy, Follower } from "@weighbridge/core";
import { FakePersonApi, group, ManualClock } from "@weighbridge/core/testing";
import { stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { PersonRows } from "../../src/people/person-rows.ts";
import { openStore, START } from "../support/open-store.ts";

const TIMING = {
  ...{ pollWithSubscriptionS: 900, pollWithoutSubscriptionS: 900, rereadS: 86_400, profileS: 86_400 },
  ...{ coalesceMs: 0, repeatCallMs: 0 },
};

/** One person whose scale is not sure, followed for real: a store on disk, and the API's groups in memory. */
async function doubted({
  directory = stateDir(),
  api = new FakePersonApi(),
  ambiguous = "hold" as AmbiguousPolicy,
} = {}) {
  const clock = new ManualClock(START * 1000);
  const { store } = openStore(directory, clock);
  const [known] = await store.people();
  const stored = known ?? (await store.addPerson("wbs:29", START));
  const toMessage = () => ({ topic: "t", payload: "" });
  const rows = new PersonRows({ stored, store, toMessage, onCommitted: () => {} });
  const quiet = { onSubscription: () => {}, onProblem: () => {}, onFailure: () => {}, onOddClock: () => {} };
  const follower = new Follower(
    { api, store: rows, clock, ambiguous, timing: TIMING, callback: null, onRecovered: () => {}, ...quiet },
    { record: rows.stored, hasHints: false },
  );
  onTestFinished(() => follower.stop());
  api.now = START;
  await follower.serve();
  return {
    ...{ api, follower, directory, store },
    ids: () => rows.stored.held.newest.map(({ id }) => id),
    held: () => rows.stored.held,
    async put(...sketches: Parameters<typeof group>[0][]) {
      for (const sketch of sketches) api.put(group(sketch));
      follower.requestPoll();
      await follower.serve();
    },
    /** As a callback that names the window does. */
    async look(from: number, to: number) {
      await store.takeHint(stored.id, { from, to }, START);
      follower.hinted();
      await follower.serve();
    },
    /** What another start reads. */
    async restarted(policy: AmbiguousPolicy = ambiguous) {
      await follower.stop();
      await store.close();
      return doubted({ directory, api, ambiguous: policy });
    },
  };
}

const doubtful = (id: number, at: number, weight = 68) => ({ id, at: START + at, attrib: 1, values: { weight } });

test("weigh-ins that may be somebody else's are held with their values, the newest first", async () => {
  const { put, held } = await doubted();
  await put(doubtful(1, 10), doubtful(3, 500, 69.2), doubtful(2, 900, 70), {
    id: 4,
    at: START + 950,
    values: { weight: 80 },
  });
  expect(held()).toEqual({
    count: 3,
    newest: [
      { id: 2, measuredAt: START + 900, values: { weight: 70 } },
      { id: 3, measuredAt: START + 500, values: { weight: 69.2 } },
      { id: 1, measuredAt: START + 10, values: { weight: 68 } },
    ],
  });
});

test("a verdict ends it, whether claimed or refused, and a later verdict brings nothing back", async () => {
  const { put, follower, ids } = await doubted();
  await put(doubtful(1, 10), doubtful(2, 500), doubtful(3, 900));
  await follower.decide(2, "claimed");
  expect(ids()).toEqual([3, 1]);
  await follower.decide(3, "refused");
  await follower.decide(3, "claimed");
  expect(ids()).toEqual([1]);
});

test("what was measured before the person was added was never asked, and is not held", async () => {
  const api = new FakePersonApi();
  api.put(group(doubtful(1, -86_400 * 30)));
  api.put(group(doubtful(2, 10)));
  const { ids } = await doubted({ api });
  expect(ids()).toEqual([2]);
});

test("a weigh-in that is deleted or turns certain is held no more", async () => {
  const { api, put, look, ids } = await doubted();
  await put(doubtful(1, 10), doubtful(2, 500), doubtful(3, 900));
  api.delete(1);
  await look(START, START + 60);
  expect(ids()).toEqual([3, 2]);
  await put({ ...doubtful(2, 500), attrib: 0 });
  expect(ids()).toEqual([3]);
});

test("a weigh-in that loses its weight is held no more", async () => {
  const { put, ids } = await doubted();
  await put(doubtful(1, 10));
  await put({ ...doubtful(1, 10), values: { heart_pulse: 60 } });
  expect(ids()).toEqual([]);
});

test("an edit changes what is held, also when it moves it in time", async () => {
  const { put, held } = await doubted();
  await put(doubtful(1, 400), doubtful(2, 900));
  await put(doubtful(2, 100, 71));
  expect(held()).toEqual({
    count: 2,
    newest: [
      { id: 1, measuredAt: START + 400, values: { weight: 68 } },
      { id: 2, measuredAt: START + 100, values: { weight: 71 } },
    ],
  });
});

test("a certain weigh-in that is edited into a doubtful one is held", async () => {
  const { put, ids } = await doubted();
  await put({ ...doubtful(1, 900), attrib: 0 });
  expect(ids()).toEqual([]);
  await put(doubtful(1, 100, 67));
  expect(ids()).toEqual([1]);
});

test("a measurement without a weight is not held: nobody can claim it", async () => {
  const { put, ids } = await doubted();
  await put({ id: 1, at: START + 10, attrib: 1, values: { height: 1.7 } });
  expect(ids()).toEqual([]);
});

test("a pulse that comes a minute later joins the held weigh-in", async () => {
  const { put, held } = await doubted();
  await put(doubtful(1, 10));
  await put({ id: 2, at: START + 30, attrib: 1, values: { heart_pulse: 61 } });
  expect(held()).toMatchObject({ count: 1, newest: [{ id: 1, values: { weight: 68, heart_pulse: 61 } }] });
});

test("another start reads them again, and a change of policy leaves an open question open", async () => {
  const first = await doubted();
  await first.put(doubtful(1, 10), doubtful(2, 500));
  const { held, put, follower } = await first.restarted("accept");
  expect(held()).toEqual(first.held());
  await put(doubtful(3, 600));
  expect(held().count).toBe(2);
  await follower.decide(2, "refused");
  expect(held()).toMatchObject({ count: 1, newest: [{ id: 1 }] });
});

test.each(["accept", "ignore"] as const)("with `ambiguous: %s` nothing is held", async (ambiguous) => {
  const { put, held } = await doubted({ ambiguous });
  await put(doubtful(1, 10));
  expect(held()).toEqual({ count: 0, newest: [] });
});

test("of a long list all are counted, the newest are listed, and each that ends makes room for an older one", async () => {
  const { put, held, ids, follower, restarted } = await doubted();
  const many = LIMITS.heldShown + 5;
  await put(...Array.from({ length: many }, (_, n) => doubtful(n + 1, n * 500)));
  expect(held().count).toBe(many);
  expect(ids()).toEqual(Array.from({ length: LIMITS.heldShown }, (_, n) => many - n));
  await follower.decide(many, "claimed");
  await follower.decide(1, "refused");
  expect(held().count).toBe(many - 2);
  expect(ids().at(-1)).toBe(many - LIMITS.heldShown);
  expect((await restarted()).held()).toEqual(held());
});
