import type { CallOptions } from "../../domain/call-options.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { NOTIFY_CATEGORIES, type NotifyCategory } from "../categories.ts";
import { decodeProfiles, type ListedProfile } from "../decode/others.ts";

/** A change of one subscription: exactly one of the three. */
export type SubscriptionChange =
  | { readonly callbackUrl: string }
  | { readonly category: NotifyCategory }
  | { readonly comment: string };

/** Subscriptions of this application to one person's data, one for each category. */
export interface PublicNotifyService {
  subscribe(callbackUrl: string, category: NotifyCategory, comment?: string, options?: CallOptions): Promise<void>;
  /** All of this application, those of other installations too; of one category where it is given. */
  list(category?: NotifyCategory, options?: CallOptions): Promise<readonly ListedProfile[]>;
  update(
    callbackUrl: string,
    category: NotifyCategory,
    change: SubscriptionChange,
    options?: CallOptions,
  ): Promise<void>;
  revoke(callbackUrl: string, category: NotifyCategory, options?: CallOptions): Promise<void>;
}

const appli = (category: NotifyCategory) => String(NOTIFY_CATEGORIES[category]);

function changed(change: SubscriptionChange) {
  if ("callbackUrl" in change) return { new_callbackurl: change.callbackUrl };
  return "category" in change ? { new_appli: appli(change.category) } : { comment: change.comment };
}

export const publicNotifyService = (transport: Transport): PublicNotifyService => ({
  async subscribe(callbackUrl, category, comment, options) {
    await transport.send(CALLS.subscribe, { callbackurl: callbackUrl, appli: appli(category), comment }, options);
  },
  async list(category, options) {
    const parameters = { appli: category && appli(category) };
    const body = await transport.send(CALLS.listSubscriptions, parameters, options);
    return readBody(CALLS.listSubscriptions, () => decodeProfiles(body));
  },
  async update(callbackUrl, category, change, options) {
    const parameters = { callbackurl: callbackUrl, appli: appli(category), ...changed(change) };
    await transport.send(CALLS.updateSubscription, parameters, options);
  },
  async revoke(callbackUrl, category, options) {
    await transport.send(CALLS.revoke, { callbackurl: callbackUrl, appli: appli(category) }, options);
  },
});
