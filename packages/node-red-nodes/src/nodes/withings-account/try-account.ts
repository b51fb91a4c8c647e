import { type Clock, type Problem, problemOf } from "@weighbridge/core";
import type { AccountUser, Login } from "../../account/account-api.ts";
import { type AccountSettings, openApi } from "../../account/open-api.ts";
import { userDocument } from "../../documents/documents.ts";

import { LIMITS } from "../../limits.ts";

/** Result of a button, which the editor shows in words. */
export type Tried =
  | { readonly ok: true; readonly service: "answers"; readonly user: UserView; readonly groups: number }
  | { readonly ok: false; readonly problem: Problem };

export type Found =
  | { readonly ok: true; readonly users: readonly (UserView & { readonly publickey: string })[] }
  | { readonly ok: false; readonly problem: Problem };

type UserView = ReturnType<typeof userDocument>;

/** A person waits before the screen: few tries, little patience. */
const QUICK = { timeoutMs: 8_000, deadlineMs: LIMITS.testMs, retries: 1 } as const;

/** Calls everything that the weigh-in node will need: the service, the profile, the newest group. */
export async function tryAccount(settings: AccountSettings, clock: Clock): Promise<Tried> {
  try {
    const api = openApi(settings, { clock, ...QUICK });
    await api.probe();
    const user: AccountUser = await api.user();
    let groups = 0;
    for await (const page of api.measures({ limit: 1 })) groups += page.groups.length;
    return { ok: true, service: "answers", user: userDocument(user), groups };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** Lists the users of a login, each with their access key, which the form takes as if it were typed. */
export async function findUsers(settings: AccountSettings, login: Login, clock: Clock): Promise<Found> {
  try {
    // Listing users needs no key, but an account has one.
    const api = openApi({ ...settings, userId: "1", publicKey: "none" }, { clock, ...QUICK });
    const found = await api.users(login);
    const users = found.map(({ publicKey, ...user }) => ({ ...userDocument(user), publickey: publicKey }));
    return { ok: true, users };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}
