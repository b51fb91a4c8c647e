import { profileDocument } from "@weighbridge/core";
import type { FoundUser } from "../../account/account-api.ts";
import { deviceDocument, userDocument } from "../../documents/documents.ts";
import { wrongGeneration } from "../../errors.ts";
import type { ActionCall, ActionResult } from "../../runtime/action.ts";
import { needed, text } from "../../shared/fields.ts";
import { readerOf } from "../../shared/properties.ts";
import { properties } from "./properties.ts";

export interface UseUserCall extends ActionCall {
  /** Out of the node's credentials. */
  readonly login: { readonly email: string; readonly password: string };
}

type Behaviour = (call: UseUserCall) => Promise<ActionResult>;

const ACTIONS: Readonly<Record<(typeof properties.action.words)[number], Behaviour>> = {
  profile,
  devices,
  goals,
  users,
  sharing,
  probe,
};

/** Reads the profile, devices or goals, lists the users of a login, turns sharing on or off, or checks that the service answers. */
export async function useUser(call: UseUserCall): Promise<ActionResult> {
  return ACTIONS[valuesOf(call)("action")](call);
}

async function profile({ account, signal }: UseUserCall): Promise<ActionResult> {
  const user = await (await account.api()).user({ signal });
  return { messages: [{ payload: userDocument(user) }], status: user.firstName?.slice(0, 19) ?? user.userId };
}

async function devices({ account, signal }: UseUserCall): Promise<ActionResult> {
  const { today } = await account.api();
  if (today === undefined) throw wrongGeneration("list of devices");
  const found = await today.devices({ signal });
  return {
    messages: [{ payload: found.map(deviceDocument) }],
    status: `${found.length} ${found.length === 1 ? "device" : "devices"}`,
  };
}

async function goals({ account, signal }: UseUserCall): Promise<ActionResult> {
  const { today } = await account.api();
  if (today === undefined) throw wrongGeneration("goals");
  const weight = await today.weightGoal({ signal });
  const payload = { target_weight: weight ?? null };
  return { messages: [{ payload }], status: weight === undefined ? "status.nogoal" : `${weight} kg` };
}

async function users(call: UseUserCall): Promise<ActionResult> {
  const { account, msg, login, signal } = call;
  const value = valuesOf(call);
  const email = needed("email", value("email") ?? text("email", login.email));
  // Spaces around it may belong to it.
  const given = msg["password"];
  const isGiven = text("password", given) !== undefined;
  const password = needed("password", isGiven ? String(given) : login.password || undefined);
  // It has done its work: nothing further down the flow needs it.
  delete msg["password"];
  const isWithKeys = value("withkeys") ?? false;
  const { original } = await account.api();
  if (original === undefined) throw wrongGeneration("list of users");
  const found = await original.users({ email, password }, { signal });
  const payload = found.map((user) => (isWithKeys ? withKey(user) : userDocument(user)));
  return { messages: [{ payload }], status: `${found.length} ${found.length === 1 ? "user" : "users"}` };
}

const withKey = ({ userId, publicKey, ...user }: FoundUser) => ({
  userid: userId,
  publickey: publicKey,
  ...profileDocument(user),
});

async function sharing(call: UseUserCall): Promise<ActionResult> {
  const { account, signal } = call;
  const isSharing = needed("sharing", valuesOf(call)("sharing"));
  const { original } = await account.api();
  if (original === undefined) throw wrongGeneration("sharing to turn on or off");
  const { publicKeyInvalidated } = await original.setSharing(isSharing, { signal });
  const payload = { is_sharing: isSharing, publickey_invalidated: publicKeyInvalidated };
  return { messages: [{ payload }], status: isSharing ? "status.shares" : "status.private" };
}

/** Throws why where the service does not answer. */
async function probe({ account, signal }: UseUserCall): Promise<ActionResult> {
  await (await account.api()).probe({ signal });
  return { messages: [{ payload: { is_reachable: true } }], status: "status.answers" };
}

const valuesOf = ({ fields }: UseUserCall) => readerOf(properties, (name) => fields[name]);
