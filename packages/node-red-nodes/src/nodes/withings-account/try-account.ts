import { type Application, type Clock, type Problem, problemOf } from "@weighbridge/core";
import type { AccountUser, GrantPlace, Login } from "../../account/account-api.ts";
import { type AccountSettings, accountSource } from "../../account/account-source.ts";
import { userDocument } from "../../documents/documents.ts";
import { wrongGeneration } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";

/** Result of a button, which the editor shows in words. */
export type Tried =
  | {
      readonly ok: true;
      readonly service: "answers";
      readonly user: UserView;
      readonly groups: number;
      readonly days?: number;
    }
  | { readonly ok: false; readonly problem: Problem };

export type Found =
  | { readonly ok: true; readonly users: readonly (UserView & { readonly publickey: string })[] }
  | { readonly ok: false; readonly problem: Problem };

type UserView = ReturnType<typeof userDocument>;

/** A person waits before the screen: few tries, little patience. */
export const QUICK = { timeoutMs: 8_000, deadlineMs: LIMITS.testMs, retries: 1 } as const;

export interface Trying {
  readonly clock: Clock;
  readonly grant: GrantPlace;
  /** Shared with the deployed accounts, so that identical calls keep their distance. */
  application?(baseUrl: string, callsPerMinute: number, clientId?: string): Application;
}

/** Calls everything that the weigh-in node will need: the service, the profile, the newest group. */
export async function tryAccount(settings: AccountSettings, { application, ...trying }: Trying): Promise<Tried> {
  try {
    const isToday = settings.generation === "public";
    const source = accountSource(settings, { ...trying, ...(isToday && application && { application }), ...QUICK });
    const api = await source.open();
    await api.probe();
    const user: AccountUser = await api.user();
    let groups = 0;
    // Today's API has no limit: without a span it would answer the whole history.
    const since = Math.floor(trying.clock.now() / 1000) - LIMITS.testDays * 86_400;
    for await (const page of api.measures(isToday ? { limit: 1, startDate: since } : { limit: 1 }))
      groups += page.groups.length;
    const days = isToday ? { days: LIMITS.testDays } : {};
    return { ok: true, service: "answers", user: userDocument(user), groups, ...days };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** Lists the users of a login, each with their access key, which the form takes as if it were typed. */
export async function findUsers(settings: AccountSettings, login: Login, trying: Trying): Promise<Found> {
  try {
    // Listing users needs no key, but an account has one.
    const nobody = { ...settings, userId: "1", publicKey: "none" };
    const { original } = await accountSource(nobody, { ...trying, ...QUICK }).open();
    if (original === undefined) throw wrongGeneration("a list of users");
    const found = await original.users(login);
    const users = found.map(({ publicKey, ...user }) => ({ ...userDocument(user), publickey: publicKey }));
    return { ok: true, users };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}
