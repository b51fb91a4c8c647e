import { type GroupPage, type GroupQuery, type PersonApi, RejectedError, UnreachableError } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { accountsOf } from "../../src/config/accounts.ts";
import { type AccountConfig, configSchema, type PersonConfig } from "../../src/config/schema.ts";
import { Followers } from "../../src/people/followers.ts";
import type { Person } from "../../src/people/person.ts";
import { PersonRows } from "../../src/people/person-rows.ts";
import type { Store } from "../../src/store/store.ts";
import { openStore, START } from "../support/open-store.ts";

/** Answers nothing, when it is let; remembers what it was asked. */
class Api implements PersonApi {
  readonly generation = "wbs";
  readonly userId: string;
  readonly queries: GroupQuery[] = [];
  failure: Error | undefined;
  subscriptionFailure: Error | undefined;
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
    yield { groups: [], updateTime: Math.floor(this.#clock.now() / 1000) };
  }
  async profile() {
    return {};
  }
  async subscription() {
    if (this.subscriptionFailure) throw this.subscriptionFailure;
    return undefined;
  }
  async subscribe(callbackUrl: string) {
    return { callbackUrl };
  }
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
  readonly followers: Followers;
  readonly people: readonly Person[];
  readonly clock: ManualClock;
  readonly store: Store;
  readonly apis: readonly Api[];
  readonly problems: number[];
  readonly reports: [status: string, isNews: boolean][];
  readonly log: ReturnType<typeof keptLog>;
  hint(at: number, person?: number): Promise<void>;
}

/** Lets everything run that waits for nothing but its turn. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function office({
  people = 1,
  parallelSyncs = 4,
  callbackUrl = undefined as string | undefined,
} = {}): Promise<Office> {
  const clock = new ManualClock(START * 1000);
  const { store } = openStore(stateDir(), clock);
  const apis = Array.from({ length: people }, (_, index) => new Api(String(index + 1), clock));
  const problems: number[] = [];
  const reports: Office["reports"] = [];
  const log = keptLog();
  const { timing } = configSchema.parse({ timing: { parallel_syncs: parallelSyncs } });
  const followers = new Followers({
    store,
    clock,
    log,
    config: { timing },
    callbackUrlOf: () => callbackUrl,
    reports: {
      problem: (id) => problems.push(id),
      subscription: (_, { status }, isNews) => reports.push([status, isNews]),
    },
  });
  const everybody = await Promise.all(
    apis.map(async (api): Promise<Person> => {
      const stored = await store.addPerson(`wbs:${api.userId}`, START);
      const toMessage = () => ({ topic: "t", payload: "" });
      const parsed = configSchema.parse({
        people: [{ slug: `p${api.userId}`, name: "P", userid: Number(api.userId), publickey: "key" }],
      });
      const [config] = parsed.people;
      const [account] = accountsOf(parsed);
      return {
        config: config as PersonConfig,
        account: account as AccountConfig,
        api,
        rows: new PersonRows({ stored, store, toMessage, onCommitted: () => {} }),
      };
    }),
  );
  await followers.start(everybody);
  onTestFinished(() => followers.stop());
  await quiet();
  return {
    followers,
    people: everybody,
    clock,
    store,
    apis,
    problems,
    reports,
    log,
    async hint(at, person = 1) {
      await store.takeHint(person, { from: at, to: at + 1 }, at);
      followers.hinted(person);
      await quiet();
    },
  };
}

test("a hint on disk is followed, also one from before the start", async () => {
  const { apis, hint, store, followers, people, clock, log } = await office();
  const [api] = apis as [Api];
  await hint(START);
  expect(api.windows).toEqual([{ from: START - 1, to: START + 2 }]);
  expect((await store.counts()).hints).toBe(1);
  await clock.advance(15_000);
  await quiet();
  expect(api.windows).toHaveLength(2);
  expect(followers.statusOf(people[0] as Person)).toMatchObject({ oldestHintAt: START });
  expect(log.lines).toEqual([]);
});

test("a failure is logged once, with its remedy, and its end too", async () => {
  const { apis, clock, log } = await office();
  const [api] = apis as [Api];
  api.failure = new UnreachableError("the API does not answer", { code: "network", remedy: "wait" });
  for (let quarter = 0; quarter < 2; quarter++) {
    await clock.advance(900_000);
    await quiet();
  }
  expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
  expect(log.lines[0]).toContain("wait");
  api.failure = undefined;
  await clock.advance(300_000);
  await quiet();
  expect(log.lines.at(-1)).toContain("answers again");
});

test("a refusal that repeats becomes the person's problem, until the API answers", async () => {
  const { apis, clock, problems, followers } = await office();
  const [api] = apis as [Api];
  const words = { code: "not_shared", meaning: "not shared", remedy: "share", status: 250 } as const;
  api.failure = new RejectedError({ service: "measure", action: "getmeas", ...words });
  for (const ms of [900_000, 15_000]) {
    await clock.advance(ms);
    await quiet();
  }
  expect(problems).toEqual([1]);
  expect(followers.problemOf(1)).toMatchObject({ code: "not_shared", remedy: "share" });
  api.failure = undefined;
  await clock.advance(900_000);
  await quiet();
  expect(problems).toEqual([1, 1]);
  expect(followers.problemOf(1)).toBeNull();
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

test("a problem of the subscription is reported once, and its end too", async () => {
  const { apis, followers, reports, log } = await office({
    callbackUrl: "http://home.example.org/w",
  });
  const [api] = apis as [Api];
  const words = { code: "not_shared", meaning: "not shared", remedy: "share", status: 250 } as const;
  api.subscriptionFailure = new RejectedError({ service: "notify", action: "get", ...words });
  for (let check = 0; check < 3; check++) {
    followers.checkSubscription(1);
    await quiet();
  }
  api.subscriptionFailure = undefined;
  followers.checkSubscription(1);
  await quiet();
  expect(reports).toEqual([
    ["made", false],
    ["failed", true],
    ["failed", false],
    ["failed", false],
    ["made", true],
  ]);
  expect(log.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
});
