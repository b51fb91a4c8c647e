import type { Subscription } from "../../domain/subscription.ts";
import { checkOf } from "../../http/check.ts";
import { momentOf } from "../../http/scalars.ts";
import type { ListedSubscription } from "../listed-subscription.ts";
import { wbsListedSubscription } from "../wire/notify.ts";
import { wbsServices } from "../wire/services.ts";

const checkOne = checkOf(wbsServices.notify.get.body);
const checkList = checkOf(wbsServices.notify.list.body);
const checkListed = checkOf(wbsListedSubscription);

export function decodeSubscription(body: unknown, callbackUrl: string): Subscription {
  return { callbackUrl, ...common(checkOne(body)) };
}

export function decodeSubscriptions(body: unknown): readonly ListedSubscription[] {
  // One by one: the first that does not fit ends it, and no other is explained.
  return checkList(body).profiles.map((profile) => {
    const listed = checkListed(profile);
    return { ...common(listed), ...(listed.callbackurl != null && { callbackUrl: listed.callbackurl }) };
  });
}

function common({ expires, comment }: { readonly expires?: unknown; readonly comment?: string | null | undefined }) {
  const expiresAt = momentOf(expires);
  return { ...(expiresAt !== undefined && { expiresAt }), ...(comment != null && { comment }) };
}
