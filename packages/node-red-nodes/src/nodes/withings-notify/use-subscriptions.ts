import type { PersonSubscriptions } from "@weighbridge/core";
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

async function list(call: ActionCall): Promise<ActionResult> {
  const { account, signal } = call;
  // Says so where the API has no categories.
  await subscriptionsOf(call);
  const all = await (await account.api()).subscriptions({ signal });
  const categories: readonly string[] = valuesOf(call)("category");
  const found = categories.length === 0 ? all : all.filter(({ category = "" }) => categories.includes(category));
  return { messages: [{ payload: found.map(subscriptionDocument) }], status: `${found.length} found` };
}

async function get(call: ActionCall): Promise<ActionResult> {
  const found = await (await subscriptionsOf(call)).subscription(callbackUrlOf(call), { signal: call.signal });
  const payload = found === undefined ? null : subscriptionDocument(found);
  return { messages: [{ payload }], status: payload === null ? "status.none" : "status.active" };
}

async function subscribe(call: ActionCall): Promise<ActionResult> {
  const { account, signal } = call;
  const callbackUrl = callbackUrlOf(call);
  const refusal = account.refusalOf(callbackUrl);
  if (refusal !== undefined)
    throw new CallError(`callbackurl ${refusal}`, {
      code: "invalid_value",
      remedy: "Correct callbackurl in the node, or msg.withings.callbackurl.",
    });
  const subscriptions = await subscriptionsOf(call);
  const made = await subscriptions.subscribe(callbackUrl, valuesOf(call)("comment") ?? DEFAULT_COMMENT, { signal });
  return { messages: [{ payload: subscriptionDocument(made) }], status: "status.active" };
}

/** Like subscribe, but never makes one where there is none. */
async function renew(call: ActionCall): Promise<ActionResult> {
  const { fields, signal } = call;
  const known = await (await subscriptionsOf(call)).subscription(callbackUrlOf(call), { signal });
  if (known === undefined)
    throw new CallError("there is no such subscription to renew", {
      code: "no_subscription",
      remedy: "Subscribe first, with exactly this callback URL.",
    });
  const comment = valuesOf(call)("comment") ?? known.comment;
  return subscribe({ ...call, fields: { ...fields, comment } });
}

async function revoke(call: ActionCall): Promise<ActionResult> {
  const revoked = await (await subscriptionsOf(call)).revoke(callbackUrlOf(call), { signal: call.signal });
  return { messages: [{ payload: { revoked } }], status: revoked ? "status.revoked" : "status.none" };
}

/** Those of the chosen categories; without any, those that the account itself looks after. */
async function subscriptionsOf(call: ActionCall): Promise<PersonSubscriptions> {
  const { person, today } = await call.account.api();
  const categories = valuesOf(call)("category");
  if (categories.length === 0) return person;
  if (today) return today.subscriptionsTo(categories);
  throw new CallError("this account's API announces everything with one subscription", {
    code: "invalid_value",
    remedy: "Clear the category, or choose an account of today's API.",
  });
}

const valuesOf = ({ fields }: ActionCall) => readerOf(properties, (name) => fields[name]);

const callbackUrlOf = (call: ActionCall) => needed("callbackurl", valuesOf(call)("callbackurl"));
