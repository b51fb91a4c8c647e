import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Application, type Clock, fileTokenStore, type TokenStore } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import type { Person, RegisteredApplication } from "@weighbridge/simulator";
import { START, simulate, startReceiver, stateDir } from "@weighbridge/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { Account } from "../../src/account/account.ts";
import type { MeasureQuery } from "../../src/account/account-api.ts";
import { accountSource } from "../../src/account/account-source.ts";
import { BLANK, newListener, notification } from "../support/account.ts";

const HOUR_MS = 3_600_000;

interface House {
  readonly clock: ManualClock;
  readonly app: RegisteredApplication;
  readonly ada: Person;
  readonly bob: Person;
  readonly tokens: TokenStore;
  readonly directory: string;
  calls(action: string): number;
  consents(person: Person): Promise<void>;
  source(): ReturnType<typeof accountSource>;
  account(callbackUrl?: string): { readonly account: Account; readonly heard: ReturnType<typeof newListener> };
}

async function house(): Promise<House> {
  const clock = new ManualClock(START * 1000);
  const sim = await simulate({ clock });
  const app = sim.application({ clientId: "client", clientSecret: "s3cr3t" });
  const directory = stateDir();
  const tokens = fileTokenStore({ directory: join(directory, "grants") });
  // Every wait before a call is over at once: the service's clock, too, has then moved on.
  const paced: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => (ms < 13_000 ? clock.advance(ms) : clock.sleep(ms, signal)),
  };
  const application = new Application({ clock: paced, callsPerMinute: 100_000, subscribeGapMs: 0 });
  const settings = { ...BLANK, generation: "public", baseUrl: sim.url, clientId: "client", clientSecret: "s3cr3t" };
  const source = () =>
    accountSource(settings, {
      ...{ clock, application: () => application, retries: 0, grant: { tokens, name: "account" } },
    });
  return {
    ...{ clock, app, tokens, directory, source, ada: sim.person("Ada"), bob: sim.person("Bob") },
    calls: (action) => sim.log.filter((entry) => entry.kind === "call" && entry.action === action).length,
    async consents(person) {
      const { accessToken, refreshToken, userId } = app.authorizes(person);
      const now = Math.floor(clock.now() / 1000);
      await tokens.write("account", {
        ...{ userId: String(userId), clientId: "client", accessToken, refreshToken, scope: "user.info,user.metrics" },
        ...{ accessEndsAt: now + 10_800, refreshIssuedAt: now },
        revision: ((await tokens.read("account"))?.revision ?? 0) + 1,
      });
    },
    source,
    account(callbackUrl) {
      const account = new Account({
        ...{ source: source(), name: "", isOld: false, ambiguous: "hold", pollWithoutSubscriptionS: 900, clock },
        stateFile: (key) => join(directory, `${key.replaceAll(":", "-")}.json`),
        ...{
          isRevokedOnRemoval: false,
          callback: () => (callbackUrl === undefined ? null : { url: callbackUrl, comment: "test" }),
          isOrphan: () => false,
          warn: () => {},
        },
      });
      onTestFinished(() => account.stop());
      return { account, heard: newListener() };
    },
  };
}

const kinds = ({ events }: ReturnType<typeof newListener>) => events.map(({ kind }) => kind);

test("without a consent it says so, and follows once there is one", async () => {
  const { account: make, ada, consents } = await house();
  const { account, heard } = make();
  await account.attach(heard.listener);
  expect(heard.problems.at(-1)).toMatchObject({ code: "not_authorized" });
  await expect(account.api()).rejects.toMatchObject({ code: "not_authorized" });
  // A callback may still come: nobody here can keep its hint, and it is no failure.
  await account.takeNotification(...notification(ada.userId, START));
  await consents(ada);
  await account.consentChanged();
  await vi.waitFor(() => expect(heard.problems.at(-1)).toBeNull());
  const { date } = ada.weighsIn({ weight: 68.45 });
  await account.takeNotification(...notification(ada.userId, date));
  await vi.waitFor(() => expect(kinds(heard)).toEqual(["weigh_in"]));
  expect(account.who).toEqual({ key: `public:${ada.userId}`, name: String(ada.userId), userId: String(ada.userId) });
});

test("another person begins with a record of their own, and the first one's stays", async () => {
  const { account: make, ada, bob, consents, tokens, directory } = await house();
  await consents(ada);
  const { account, heard } = make();
  await account.attach(heard.listener);
  await tokens.remove("account");
  await account.consentChanged();
  await vi.waitFor(() => expect(heard.problems.at(-1)).toMatchObject({ code: "not_authorized" }));
  await consents(bob);
  await account.consentChanged();
  expect(account.who.userId).toBe(String(bob.userId));
  expect(heard.people).toHaveLength(2);
  expect((await readdir(directory)).filter((file) => file.startsWith("public-"))).toEqual([
    `public-${ada.userId}.json`,
    `public-${bob.userId}.json`,
  ]);
});

test("PUB-NODE-2: three calls at once, of two accounts with one consent, renew it once", async () => {
  const { source, ada, consents, clock, calls } = await house();
  await consents(ada);
  const [one, two] = await Promise.all([source().open(), source().open()]);
  await clock.advance(3 * HOUR_MS);

  await Promise.all([one.today?.devices(), two.today?.weightGoal(), one.user()]);
  expect(calls("requesttoken")).toBe(1);
});

test("a claim is told upstream", async () => {
  const { account: make, ada, consents, calls } = await house();
  await consents(ada);
  const { account, heard } = make();
  await account.attach(heard.listener);
  const { grpid, date } = ada.weighsIn({ weight: 68.45, attribution: 1 });
  await account.takeNotification(...notification(ada.userId, date));
  await vi.waitFor(() => expect(kinds(heard)).toEqual(["weigh_in_ambiguous"]));
  expect(await account.decide(grpid, "claimed")).toBe("done");
  await vi.waitFor(() => expect(calls("confirmuser")).toBe(1));
  expect(kinds(heard)).toEqual(["weigh_in_ambiguous", "weigh_in"]);
});

test("a change that the API announces has goals and measures read again", async () => {
  const { account: make, ada, bob, consents, calls } = await house();
  await consents(ada);
  const { account, heard } = make();
  await account.attach(heard.listener);
  await vi.waitFor(() => expect(calls("getgoals")).toBe(1));
  ada.setsTarget({ weight: 65 });
  await account.takeChange(String(bob.userId), "update");
  await account.takeChange(String(ada.userId), "update");
  await vi.waitFor(() => expect(kinds(heard)).toContain("target_set"));
});

test("an unlink that is called out has a code of its own, once a call is refused", async () => {
  const { account: make, ada, app, consents } = await house();
  await consents(ada);
  const { account, heard } = make();
  await account.attach(heard.listener);
  await vi.waitFor(() => expect(account.state).toBeDefined());
  await account.takeChange(String(ada.userId), "unlink");
  app.unlinks(ada);
  await account.takeChange(String(ada.userId), "unlink");
  await vi.waitFor(() => expect(heard.problems.at(-1)).toMatchObject({ code: "person_unlinked" }));
});

test("an ended consent is the person's to mend, and a new one mends it without another start", async () => {
  const { account: make, ada, app, consents, clock } = await house();
  await consents(ada);
  const { account, heard } = make();
  await account.attach(heard.listener);
  await vi.waitFor(() => expect(account.state).toBeDefined());
  app.unlinks(ada);
  await clock.advance(3 * HOUR_MS);
  await vi.waitFor(() => expect(heard.problems.at(-1)).toMatchObject({ code: "grant_ended" }));
  await consents(ada);
  await account.consentChanged();
  await vi.waitFor(() => expect(heard.problems.at(-1)).toBeNull());
});

test("queries choose, sort and cut what today's API cannot", async () => {
  const { source, ada, consents } = await house();
  await consents(ada);
  for (const [days, weight] of [
    [4, 70],
    [3, 71],
    [2, 72],
    [1, 73],
  ] as const)
    ada.weighsIn({ weight, fatRatio: 20, at: START - days * 86_400 });
  const api = await source().open();
  const weights = async (query: MeasureQuery) => {
    const found: number[][] = [];
    for await (const { groups } of api.measures(query))
      for (const { measures } of groups) found.push(measures.map(({ value }) => value));
    return found;
  };
  expect(await weights({ measureType: 1 })).toEqual([[73], [72], [71], [70]]);
  expect(await weights({ measureType: 1, limit: 1, offset: 1, endDate: START })).toEqual([[72]]);
  expect(await weights({ measureType: 1, startDate: START - 3 * 86_400, endDate: START - 2 * 86_400 })).toEqual([
    [72],
    [71],
  ]);
  expect(await weights({ measureType: 1, lastUpdate: 1, startDate: START - 86_400 })).toEqual([[73]]);
  expect(await weights({ measureType: 4, endDate: START + 1 })).toEqual([]);
  expect(await weights({ category: 2 })).toEqual([]);
});

test("a new consent of the same person subscribes again at once: the service had ended everything", async () => {
  const { account: make, ada, app, consents, clock } = await house();
  const { url } = await startReceiver();
  await consents(ada);
  const { account, heard } = make(url);
  await account.attach(heard.listener);
  await vi.waitFor(() => expect(heard.subscriptions.at(-1)).toBe("kept"));
  app.unlinks(ada);
  await clock.advance(7 * HOUR_MS);
  await vi.waitFor(() => expect(heard.problems.at(-1)).toMatchObject({ code: "grant_ended" }));
  await consents(ada);
  await account.consentChanged();
  await vi.waitFor(() => expect(app.subscriptionsOf(ada)).toHaveLength(3));
  expect(heard.problems.at(-1)).toBeNull();
  expect(heard.people).toEqual([]);
});
