import { RejectedError, type Subscription, type SubscriptionReport, UnreachableError } from "@weighbridge/core";
import type { ManualClock } from "@weighbridge/core/testing";
import { keptLog, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { type Subscriber, Subscriptions } from "../../src/people/subscriptions.ts";
import { Syncer } from "../../src/people/syncer.ts";
import { openStore, START } from "../support/open-store.ts";

const HERE = "http://home.example.org/w";
const DAY_S = 86_400;

/** The subscriptions of one person at the API, with the moments at which they were made. */
class Api {
  readonly generation = "wbs";
  readonly userId: string;
  readonly live = new Map<string, Subscription>();
  readonly madeAt: number[] = [];
  failure: Error | undefined;
  readonly #clock: ManualClock;

  constructor(userId: string, clock: ManualClock) {
    this.userId = userId;
    this.#clock = clock;
  }

  async *measureGroups() {}
  async profile() {
    return {};
  }
  async subscription(url: string) {
    if (this.failure) throw this.failure;
    return this.live.get(url);
  }
  async subscribe(url: string) {
    this.madeAt.push(this.#clock.now());
    this.live.set(url, { callbackUrl: url, expiresAt: this.#clock.now() / 1000 + 21 * DAY_S });
  }
  async revoke(url: string) {
    return this.live.delete(url);
  }
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function office(people = 1, callbackUrl = HERE) {
  const { store, clock } = openStore(stateDir());
  const apis = Array.from({ length: people }, (_, index) => new Api(String(index + 1), clock));
  const log = keptLog();
  const reports: { readonly report: SubscriptionReport; readonly isNews: boolean }[] = [];
  const subscribers: Subscriber[] = [];
  for (const api of apis) {
    const stored = await store.addPerson(`wbs:${api.userId}`, START);
    const settings = { slug: `p${api.userId}`, ambiguous: "hold" as const };
    const toMessage = () => ({ topic: "t", payload: "" });
    const syncer = new Syncer({ stored, settings, api, store, clock, toMessage, onCommitted: () => {} });
    subscribers.push({ slug: settings.slug, api, syncer });
  }
  const open = (url: string) => {
    const onReport = (_: number, report: SubscriptionReport, isNews: boolean) => void reports.push({ report, isNews });
    const subscriptions = new Subscriptions({ callbackUrl: url, clock, log, onReport });
    subscriptions.start(subscribers);
    onTestFinished(() => subscriptions.stop());
    return subscriptions;
  };
  const subscriptions = open(callbackUrl);
  await quiet();
  return { apis, clock, log, reports, subscriptions, open, first: apis[0] as Api };
}

const warnings = ({ lines }: { readonly lines: readonly string[] }) => lines.filter((line) => line.startsWith("warn"));

test("several people are subscribed five seconds apart", async () => {
  const { apis, clock } = await office(3);
  for (let second = 0; second < 12; second++) {
    await clock.advance(1_000);
    await quiet();
  }
  const made = apis.flatMap(({ madeAt }) => madeAt);
  expect(made.map((at) => at / 1000 - START)).toEqual([0, 5, 10]);
});

test("a new address takes the place of the one before, which is ended; foreign ones stay", async () => {
  const { first, subscriptions, open } = await office();
  first.live.set("http://other.example.org/", { callbackUrl: "http://other.example.org/" });
  await subscriptions.stop();
  open("http://moved.example.org/w");
  await quiet();
  expect([...first.live.keys()]).toEqual(["http://other.example.org/", "http://moved.example.org/w"]);
});

test("a failure is told once, is tried again less and less often, and its end is told", async () => {
  const { first, clock, log, reports, subscriptions } = await office();
  first.failure = new UnreachableError("nobody there", { code: "network", remedy: "wait" });
  subscriptions.check(1);
  await quiet();
  for (let halfMinute = 0; halfMinute < 120; halfMinute++) {
    await clock.advance(30_000);
    await quiet();
  }
  const failed = reports.filter(({ report }) => report.status === "failed");
  expect(failed.length).toBeLessThan(12);
  expect(failed.filter(({ isNews }) => isNews)).toHaveLength(1);
  expect(warnings(log)).toHaveLength(1);

  first.failure = undefined;
  await clock.advance(900_000);
  await quiet();
  expect(reports.at(-1)).toMatchObject({ report: { status: "active" }, isNews: true });
  expect(log.lines.at(-1)).toContain("works again");
});

test("another reason than before is told too: a person who does not share, with what to do", async () => {
  const { first, log, subscriptions } = await office();
  first.failure = new UnreachableError("nobody there", { code: "network", remedy: "wait" });
  subscriptions.check(1);
  await quiet();
  const words = { code: "not_shared", meaning: "not shared", remedy: "Turn sharing on.", actor: "person" } as const;
  first.failure = new RejectedError({ service: "notify", action: "get", status: 250, ...words });
  subscriptions.check(1);
  await quiet();
  expect(warnings(log)).toHaveLength(2);
  expect(log.lines.at(-1)).toContain("Turn sharing on.");
});

test("a subscription that vanished is made again within a day", async () => {
  const { first, clock } = await office();
  first.live.clear();
  await clock.advance(DAY_S * 1000);
  await quiet();
  expect([...first.live.keys()]).toEqual([HERE]);
});

test("WBS-NOTIFY-5: a subscription is renewed before its three weeks are over", async () => {
  const { first, clock } = await office();
  for (let day = 0; day < 22; day++) {
    await clock.advance(DAY_S * 1000);
    await quiet();
  }
  expect(first.madeAt.length).toBeGreaterThan(1);
  expect(first.live.get(HERE)?.expiresAt).toBeGreaterThan(clock.now() / 1000 + 6 * DAY_S);
});
