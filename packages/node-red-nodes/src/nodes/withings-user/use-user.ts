import { profileDocument } from "@weighbridge/core";
import type { FoundUser } from "../../account/account-api.ts";
import { userDocument } from "../../documents/documents.ts";
import type { ActionCall, ActionResult } from "../../runtime/action.ts";
import { choice, flag, needed, text } from "../../shared/fields.ts";

export const FIELDS = ["action", "sharing", "email", "withkeys"] as const;

export interface UseUserCall extends ActionCall {
  /** Out of the node's credentials. */
  readonly login: { readonly email: string; readonly password: string };
}

type Behaviour = (call: UseUserCall) => Promise<ActionResult>;

const ACTIONS: Readonly<Record<"profile" | "users" | "sharing" | "probe", Behaviour>> = {
  profile,
  users,
  sharing,
  probe,
};

/** Reads the profile, lists the users of a login, turns sharing on or off, or checks that the service answers. */
export async function useUser(call: UseUserCall): Promise<ActionResult> {
  return ACTIONS[choice("action", call.fields["action"], ["profile", "users", "sharing", "probe"])](call);
}

async function profile({ account, signal }: UseUserCall): Promise<ActionResult> {
  const user = await account.api.user({ signal });
  return { messages: [{ payload: userDocument(user) }], status: user.firstName?.slice(0, 19) ?? user.userId };
}

async function users({ account, fields, msg, login, signal }: UseUserCall): Promise<ActionResult> {
  const email = needed("email", text("email", fields["email"]) ?? text("email", login.email));
  // Spaces around it may belong to it.
  const given = msg["password"];
  const isGiven = text("password", given) !== undefined;
  const password = needed("password", isGiven ? String(given) : login.password || undefined);
  // It has done its work: nothing further down the flow needs it.
  delete msg["password"];
  const isWithKeys = flag("withkeys", fields["withkeys"]) ?? false;
  const found = await account.api.users({ email, password }, { signal });
  const payload = found.map((user) => (isWithKeys ? withKey(user) : userDocument(user)));
  return { messages: [{ payload }], status: `${found.length} ${found.length === 1 ? "user" : "users"}` };
}

const withKey = ({ userId, publicKey, ...user }: FoundUser) => ({
  userid: userId,
  publickey: publicKey,
  ...profileDocument(user),
});

async function sharing({ account, fields, signal }: UseUserCall): Promise<ActionResult> {
  const isSharing = needed("sharing", flag("sharing", fields["sharing"]));
  const { publicKeyInvalidated } = await account.api.setSharing(isSharing, { signal });
  const payload = { is_sharing: isSharing, publickey_invalidated: publicKeyInvalidated };
  return { messages: [{ payload }], status: isSharing ? "status.shares" : "status.private" };
}

/** Where it does not answer, the error says why. */
async function probe({ account, signal }: UseUserCall): Promise<ActionResult> {
  await account.api.probe({ signal });
  return { messages: [{ payload: { is_reachable: true } }], status: "status.answers" };
}
