import type { ListedSubscription } from "../domain/listed-subscription.ts";
import type { Subscription } from "../domain/person-api.ts";
import { wbsServices } from "../wire/wbs/services.ts";
import { checkOf } from "./check.ts";

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
