import type { Subscription } from "../../domain/subscription.ts";
import { checkOf } from "../../http/check.ts";
import type { ListedSubscription } from "../listed-subscription.ts";
import { wbsServices } from "../wire/services.ts";

const checkOne = checkOf(wbsServices.notify.get.body);
const checkList = checkOf(wbsServices.notify.list.body);

export function decodeSubscription(body: unknown, callbackUrl: string): Subscription {
  const { expires, comment } = checkOne(body);
  return { callbackUrl, expiresAt: expires, ...(comment != null && { comment }) };
}

export function decodeSubscriptions(body: unknown): readonly ListedSubscription[] {
  return checkList(body).profiles.map(({ expires, comment, callbackurl }) => ({
    expiresAt: expires,
    ...(comment != null && { comment }),
    ...(callbackurl != null && { callbackUrl: callbackurl }),
  }));
}
