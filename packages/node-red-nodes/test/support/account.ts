import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AmbiguousPolicy, Application, memoryTokenStore, type PersonEvent, type Problem } from "@weighbridge/core";
import { stateDir, type World } from "@weighbridge/testing";
import { onTestFinished } from "vitest";
import { Account, type SubscriptionState, type WeighInListener } from "../../src/account/account.ts";
import type { AccountApi } from "../../src/account/account-api.ts";
import { type AccountSettings, accountSource } from "../../src/account/account-source.ts";
import { readRecord } from "../../src/account/record-file.ts";

export interface AccountOptions {
  readonly directory?: string;
  readonly ambiguous?: AmbiguousPolicy;
  readonly publicKey?: string;
  /** Without it no callback can arrive. */
  readonly callbackUrl?: string | undefined;
  readonly isRevokedOnRemoval?: boolean;
  readonly isOld?: boolean;
  readonly isOrphan?: (callbackUrl: string) => boolean;
  /** An API that does something else. */
  readonly over?: (api: AccountApi) => AccountApi;
}

/** Without anything that a person fills in. */
export const BLANK: AccountSettings = {
  ...{ generation: "wbs", baseUrl: "", userId: "", publicKey: "", clientId: "", clientSecret: "" },
  callsPerMinute: 100_000,
};

/** A place where nobody's consent is. */
export const noGrant = () => ({ tokens: memoryTokenStore(), name: "account" });

/** Ada's account at the simulated API. */
export async function adasAccount({ sim, clock, ada }: World, options: AccountOptions = {}) {
  const directory = options.directory ?? stateDir();
  const { publicKey = ada.publicKey, ambiguous = "hold", over = (api: AccountApi) => api } = options;
  const { callbackUrl: url, isRevokedOnRemoval = false, isOld = false, isOrphan = () => false } = options;
  const warnings: string[] = [];
  const settings = { ...BLANK, baseUrl: sim.url, userId: String(ada.userId), publicKey };
  const stateFile = join(directory, "account.json");
  // The clock stands still: a test that asks twice would wait for ever.
  const application = new Application({ clock, callsPerMinute: 100_000, repeatCallMs: 0, subscribeGapMs: 0 });
  const surroundings = { clock, application: () => application, retries: 0, grant: noGrant() };
  const source = accountSource(settings, surroundings);
  const account = new Account({
    source: { ...source, open: async () => over(await source.open()) },
    name: "Ada",
    stateFile: () => stateFile,
    isOld,
    ambiguous,
    pollWithoutSubscriptionS: 900,
    isRevokedOnRemoval,
    clock,
    callback: () => (url === undefined ? null : { url, comment: "test" }),
    isOrphan,
    warn: (text) => warnings.push(text),
  });
  onTestFinished(() => account.stop());
  return { account, directory, stateFile, warnings };
}

/** Keeps what it hears. */
export function newListener(id = "weigh-in") {
  const heard = {
    events: [] as PersonEvent[],
    problems: [] as (Problem | null)[],
    subscriptions: [] as SubscriptionState[],
    /** How often the account became another person's. */
    people: [] as string[],
  };
  const listener: WeighInListener = {
    id,
    onEvent: (event) => heard.events.push(event),
    onProblem: (problem) => heard.problems.push(problem),
    onSubscription: (state) => heard.subscriptions.push(state),
    onPerson: () => heard.people.push(id),
  };
  return { ...heard, listener };
}

/** User and window of a notification of this second. */
export const notification = (userId: number, date: number) => [String(userId), { from: date, to: date + 1 }] as const;

/** Content of a state file, with its groups as a list. */
export async function recordIn(stateFile: string) {
  const [first = ""] = (await readFile(stateFile, "utf8")).split("\n");
  const record = await readRecord(stateFile, JSON.parse(first).key);
  if (typeof record === "string") throw new Error(`the state file is ${record}`);
  return { ...record, groups: await record.groups.between(-Infinity, Infinity) };
}
