import type { CallOptions } from "../../domain/call-options.ts";
import type { Subscription } from "../../domain/subscription.ts";
import { RejectedError } from "../../errors.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { credentials, type WbsCredentials } from "../credentials.ts";
import { decodeSubscription, decodeSubscriptions } from "../decode/subscriptions.ts";
import type { ListedSubscription } from "../listed-subscription.ts";

export interface SubscriptionKey extends WbsCredentials {
  /** At most 128 characters; not encoded, the client does that. */
  readonly callbackUrl: string;
}

export interface NotifyService {
  /** Makes a subscription, or renews it: it lasts three weeks. The user sees the comment as its name. */
  subscribe(subscription: SubscriptionKey & { readonly comment: string }, options?: CallOptions): Promise<void>;
  /** Undefined where there is none. */
  get(subscription: SubscriptionKey, options?: CallOptions): Promise<Subscription | undefined>;
  /** Everybody's subscriptions to this user. Not in the founding document: early servers lack it. */
  list(user: WbsCredentials, options?: CallOptions): Promise<readonly ListedSubscription[]>;
  /** True where there was one; false where there was none, and after a lost answer perhaps no longer. */
  revoke(subscription: SubscriptionKey, options?: CallOptions): Promise<boolean>;
}

const key = (subscription: SubscriptionKey) => ({
  ...credentials(subscription),
  callbackurl: subscription.callbackUrl,
});

/** Resolves to undefined where the call was refused with the given code. */
async function unless<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RejectedError && error.code === code) return undefined;
    throw error;
  }
}

export const notifyService = (transport: Transport): NotifyService => ({
  async subscribe(subscription, options) {
    await transport.send(CALLS.subscribe, { ...key(subscription), comment: subscription.comment }, options);
  },
  async get(subscription, options) {
    const answer = transport.send(CALLS.getSubscription, key(subscription), options).then((body) => ({ body }));
    const found = await unless("no_subscription", answer);
    return found && readBody(CALLS.getSubscription, () => decodeSubscription(found.body, subscription.callbackUrl));
  },
  async list(user, options) {
    const body = await transport.send(CALLS.listSubscriptions, credentials(user), options);
    return readBody(CALLS.listSubscriptions, () => decodeSubscriptions(body));
  },
  async revoke(subscription, options) {
    const revoked = transport.send(CALLS.revoke, key(subscription), options).then(() => true);
    return (await unless("nothing_to_revoke", revoked)) ?? false;
  },
});
