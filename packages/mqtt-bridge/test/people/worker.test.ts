import {
  type GroupPage,
  type GroupQuery,
  type PersonApi,
  RejectedError,
  UnexpectedResponseError,
  UnreachableError,
} from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { Syncer } from "../../src/people/syncer.ts";
import { Worker } from "../../src/people/worker.ts";
import type { Store } from "../../src/store/store.ts";
import { changeOf, weightGroup } from "../support/changes.ts";
import { openStore, START } from "../support/open-store.ts";

/** Answers nothing, when it is let; remembers what it was asked. */
class Api implements PersonApi {
  readonly generation = "wbs";
  readonly userId: string;
  readonly queries: GroupQuery[] = [];
  failure: Error | undefined;
  /** Fails windows only. */
  windowFailure: Error | undefined;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  readonly #clock: ManualClock;

  constructor(userId: string, clock: ManualClock) {
    this.userId = userId;
    this.#clock = clock;
  }

  async *measureGroups(query: GroupQuery): AsyncGenerator<GroupPage> {
    this.queries.push(query);
    await this.gate;
    if (this.failure) throw this.failure;
    if (this.windowFailure && "from" in query) throw this.windowFailure;
    yield { groups: [], updateTime: Math.floor(this.#clock.now() / 1000) };
  }
  async profile() {
    return {};
  }
  async subscription() {
    return undefined;
  }
  async subscribe() {}
  async revoke() {
    return false;
  }

  /** The windows that were asked for; polls are no windows. */
  get windows(): unknown[] {
    return this.queries.filter((query) => "from" in query);
  }
  get polls(): number {
    return this.queries.length - this.windows.length;
  }
}

interface Office {
  readonly worker: Worker;
  readonly clock: ManualClock;
  readonly store: Store;
  readonly apis: readonly Api[];
  readonly standings: number[];
  readonly log: ReturnType<typeof keptLog>;
  readonly syncer: Syncer;
  hint(at: number, person?: number): Promise<void>;
}

/** Lets everything run that waits for nothing but its turn. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function office({ people = 1, parallelSyncs = 4, repeatCallMs = 12_000 } = {}): Promise<Office> {
  const clock = new ManualClock(START * 1000);
  const { store } = openStore(stateDir(), clock);
  const apis = Array.from({ length: people }, (_, index) => new Api(String(index + 1), clock));
  const standings: number[] = [];
  const log = keptLog();
  const timing = {
    pollWithSubscriptionS: 21_600,
    pollWithoutSubscriptionS: 900,
    rereadS: 86_400,
    profileS: 86_400,
    coalesceMs: 2_000,
    repeatCallMs,
    parallelSyncs,
  };
  const worker = new Worker({ store, clock, log, timing, onStanding: (id) => standings.push(id) });
  const syncers = await Promise.all(
    apis.map(async (api) => {
      const stored = await store.addPerson(`wbs:${api.userId}`, START);
      const settings = { slug: `p${api.userId}`, ambiguous: "hold" as const };
      const toMessage = () => ({ topic: "t", payload: "" });
      const input = { stored, settings, api, store, clock, toMessage, onCommitted: () => {} };
      return { slug: settings.slug, syncer: new Syncer(input) };
    }),
  );
  await worker.start(syncers);
  onTestFinished(() => worker.stop());
  await quiet();
  return {
    worker,
    clock,
    store,
    apis,
    standings,
    log,
    syncer: (syncers[0] as (typeof syncers)[number]).syncer,
    async hint(at, person = 1) {
      await store.takeHint(person, { from: at, to: at + 1 }, at);
      worker.hinted(person);
      await quiet();
    },
  };
}

test("the first hint starts a sync at once, without the clock moving", async () => {
  const { apis, hint } = await office();
  await hint(START);
  expect(apis[0]?.windows).toEqual([{ from: START - 1, to: START + 2 }]);
});

test("hints that come while a sync runs, or soon after, become one more", async () => {
  const { apis, hint, clock } = await office();
  const [api] = apis as [Api];
  const gate = Promise.withResolvers<void>();
  api.gate = gate.promise;
  await hint(START);
  await hint(START + 1);
  await hint(START + 2);
  gate.resolve();
  await quiet();
  await hint(START + 3);
  expect(api.windows).toHaveLength(1);
  await clock.advance(2_000);
  await quiet();
  expect(api.windows).toEqual([
    { from: START - 1, to: START + 2 },
    { from: START, to: START + 5 },
  ]);
});

test("an identical call is not made again within 12 s, and the hint waits on disk", async () => {
  const { apis, hint, clock, store } = await office();
  const [api] = apis as [Api];
  await hint(START);
  await clock.advance(2_000);
  await hint(START);
  await clock.advance(9_000);
  await quiet();
  expect(api.windows).toHaveLength(1);
  expect((await store.counts()).hints).toBe(1);
  await clock.advance(1_500);
  await quiet();
  expect(api.windows).toHaveLength(2);
  expect((await store.counts()).hints).toBe(0);
});

test("a failed sync keeps its hint and is tried again, later each time", async () => {
  const { apis, hint, clock, store, log } = await office();
  const [api] = apis as [Api];
  api.failure = new UnreachableError("nobody there", { code: "network", remedy: "wait" });
  await hint(START);
  expect((await store.counts()).hints).toBe(1);
  await clock.advance(2_000);
  await quiet();
  await clock.advance(2_000);
  await quiet();
  expect(api.windows).toHaveLength(2);
  api.failure = undefined;
  await clock.advance(2_000);
  await quiet();
  expect(api.windows).toHaveLength(3);
  expect((await store.counts()).hints).toBe(0);
  expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
});

test("a person who must act first is told of once, and the end of it too", async () => {
  const { apis, hint, clock, standings, worker } = await office();
  const [api] = apis as [Api];
  const endpoint = { service: "measure", action: "getmeas" };
  const words = { code: "not_shared", meaning: "not shared", remedy: "share" };
  api.failure = new RejectedError({ ...endpoint, ...words, status: 250, actor: "person" });
  await hint(START);
  expect(standings).toEqual([1]);
  expect(worker.problemOf(1)).toMatchObject({ code: "not_shared", remedy: "share" });
  api.failure = undefined;
  await clock.advance(900_000);
  await quiet();
  expect(standings).toEqual([1, 1]);
  expect(worker.problemOf(1)).toBeNull();
});

test("several people are synced side by side, up to the limit", async () => {
  const { apis, hint } = await office({ people: 5, parallelSyncs: 2 });
  const gate = Promise.withResolvers<void>();
  for (const api of apis) api.gate = gate.promise;
  for (let person = 1; person <= 5; person++) await hint(START, person);
  expect(apis.filter(({ windows }) => windows.length > 0)).toHaveLength(2);
  gate.resolve();
  await quiet();
  await quiet();
  expect(apis.filter(({ windows }) => windows.length > 0)).toHaveLength(5);
});

test("without a subscription everybody is polled every quarter of an hour", async () => {
  const { apis, clock } = await office();
  const [api] = apis as [Api];
  expect(api.polls).toBe(1);
  for (let quarter = 0; quarter < 4; quarter++) {
    await clock.advance(900_000);
    await quiet();
  }
  expect(api.polls).toBe(5);
});

test("a window of months is compared as a whole", async () => {
  const { apis, worker, store } = await office();
  const [api] = apis as [Api];
  await store.takeHint(1, { from: 0, to: START }, START);
  worker.hinted(1);
  await quiet();
  expect(api.windows).toEqual([{ from: 0, to: START + 1 }]);
  expect(api.polls).toBe(1);
  expect((await store.counts()).hints).toBe(0);
});

test("nothing happens to a person while something else is done to them alone", async () => {
  const { apis, hint, worker } = await office();
  const [api] = apis as [Api];
  const done = Promise.withResolvers<void>();
  const alone = worker.alone(1, () => done.promise);
  await hint(START);
  expect(api.windows).toEqual([]);
  done.resolve();
  await alone;
  await quiet();
  expect(api.windows).toHaveLength(1);
});

test("a window that fails again and again holds up neither the polls nor what comes after them", async () => {
  const { apis, hint, clock } = await office();
  const [api] = apis as [Api];
  api.windowFailure = new UnexpectedResponseError("odd", { code: "unexpected_response", remedy: "wait" });
  await hint(START);
  for (let quarter = 0; quarter < 4; quarter++) {
    await clock.advance(900_000);
    await quiet();
  }
  expect(api.polls).toBeGreaterThanOrEqual(4);
  expect(api.windows.length).toBeGreaterThan(4);
});

test("a poll that is asked for while one runs is one more", async () => {
  const { apis, worker, clock } = await office();
  const [api] = apis as [Api];
  const gate = Promise.withResolvers<void>();
  api.gate = gate.promise;
  await clock.advance(900_000);
  await quiet();
  worker.requestPoll(1);
  gate.resolve();
  await quiet();
  expect(api.polls).toBe(3);
});

test("a poll that failed is due again", async () => {
  const { apis, clock } = await office();
  const [api] = apis as [Api];
  api.failure = new UnreachableError("nobody there", { code: "network", remedy: "wait" });
  await clock.advance(900_000);
  await quiet();
  api.failure = undefined;
  await clock.advance(2_000);
  await quiet();
  expect(api.polls).toBe(3);
});

test("when a subscription fails, polls come often at once", async () => {
  const { apis, worker, syncer, clock } = await office();
  const [api] = apis as [Api];
  const report = { callbackUrl: "http://home.example.org/", checkedAt: START, nextCheckAt: START + 86_400 };
  await syncer.saveSubscription({ ...report, status: "active" });
  for (let quarter = 0; quarter < 4; quarter++) {
    await clock.advance(900_000);
    await quiet();
  }
  expect(api.polls).toBeLessThanOrEqual(2);
  const before = api.polls;
  await syncer.saveSubscription({ ...report, status: "failed" });
  worker.reconsider(1);
  await quiet();
  expect(api.polls).toBe(before + 1);
});

test("a day after the last re-read the past is read again, also where the process is younger", async () => {
  const { clock, store, syncer } = await office();
  await store.commitSync(1, {
    change: changeOf([weightGroup(7, START - 3_600)]),
    messages: [],
    isStateChanged: false,
  });
  await clock.advance(86_400_000);
  await quiet();
  expect(syncer.stored.memory).toMatchObject({ rereadAt: START + 86_400 });
  expect((await store.people())[0]?.memory).toMatchObject({ rereadAt: START + 86_400 });
});

test("another failure than the one before is told too", async () => {
  const { apis, hint, clock, log } = await office();
  const [api] = apis as [Api];
  api.failure = new UnreachableError("nobody there", { code: "network", remedy: "wait" });
  await hint(START);
  const words = { code: "not_shared", meaning: "not shared", remedy: "share", status: 250, actor: "person" } as const;
  api.failure = new RejectedError({ service: "measure", action: "getmeas", ...words });
  await clock.advance(2_000);
  await quiet();
  expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(2);
  expect(log.lines.some((line) => line.includes("share"))).toBe(true);
});

test("a new hint that comes during a sync does not wait for a repeated one", async () => {
  const { apis, hint, clock, store, worker } = await office();
  const [api] = apis as [Api];
  await hint(START);
  await clock.advance(2_000);
  const gate = Promise.withResolvers<void>();
  api.gate = gate.promise;
  await store.takeHint(1, { from: START, to: START + 1 }, START);
  await hint(START - 100_000);
  await store.takeHint(1, { from: START + 500_000, to: START + 500_001 }, START);
  worker.hinted(1);
  gate.resolve();
  await quiet();
  await clock.advance(2_000);
  await quiet();
  expect(api.windows.at(-1)).toEqual({ from: START + 500_000 - 1, to: START + 500_002 });
});
