import { subscriptionDocument } from "../../documents/documents.ts";
import type { ActionCall, ActionResult } from "../../runtime/action.ts";
import { CallError } from "../../shared/call-error.ts";
import { needed } from "../../shared/fields.ts";
import { readerOf } from "../../shared/properties.ts";
import { properties } from "./properties.ts";

type Behaviour = (call: ActionCall) => Promise<ActionResult>;

const ACTIONS: Readonly<Record<(typeof properties.action.words)[number], Behaviour>> = {
  list,
  get,
  subscribe,
  renew,
  revoke,
};

const DEFAULT_COMMENT = "Node-RED: tells your home when you weigh in";

/** Makes, renews, reads, lists or ends subscriptions. */
export async function useSubscriptions(call: ActionCall): Promise<ActionResult> {
  return ACTIONS[valuesOf(call)("action")](call);
}

async function list({ account, signal }: ActionCall): Promise<ActionResult> {
  const found = await account.api.subscriptions({ signal });
  return { messages: [{ payload: found.map(subscriptionDocument) }], status: `${found.length} found` };
}

async function get(call: ActionCall): Promise<ActionResult> {
  const found = await call.account.api.person.subscription(callbackUrlOf(call), { signal: call.signal });
  const payload = found === undefined ? null : subscriptionDocument(found);
  return { messages: [{ payload }], status: payload === null ? "status.none" : "status.active" };
}

async function subscribe(call: ActionCall): Promise<ActionResult> {
  const { account, signal } = call;
  const callbackUrl = callbackUrlOf(call);
  const refusal = account.api.refusalOf(callbackUrl);
  if (refusal !== undefined)
    throw new CallError(`callbackurl ${refusal}`, {
      code: "invalid_value",
      remedy: "Correct callbackurl in the node, or msg.withings.callbackurl.",
    });
  const { person } = account.api;
  const made = await person.subscribe(callbackUrl, valuesOf(call)("comment") ?? DEFAULT_COMMENT, { signal });
  return { messages: [{ payload: subscriptionDocument(made) }], status: "status.active" };
}

/** Like subscribe, but never makes one where there is none. */
async function renew(call: ActionCall): Promise<ActionResult> {
  const { account, fields, signal } = call;
  const known = await account.api.person.subscription(callbackUrlOf(call), { signal });
  if (known === undefined)
    throw new CallError("there is no such subscription to renew", {
      code: "no_subscription",
      remedy: "Subscribe first, with exactly this callback URL.",
    });
  const comment = valuesOf(call)("comment") ?? known.comment;
  return subscribe({ ...call, fields: { ...fields, comment } });
}

async function revoke(call: ActionCall): Promise<ActionResult> {
  const revoked = await call.account.api.person.revoke(callbackUrlOf(call), { signal: call.signal });
  return { messages: [{ payload: { revoked } }], status: revoked ? "status.revoked" : "status.none" };
}

const valuesOf = ({ fields }: ActionCall) => readerOf(properties, (name) => fields[name]);

const callbackUrlOf = (call: ActionCall) => needed("callbackurl", valuesOf(call)("callbackurl"));
