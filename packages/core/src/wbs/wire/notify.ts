import * as z from "zod";
import { wbsCredentials } from "./credentials.ts";

/** The API refuses longer ones. Counted before percent-encoding. */
const WBS_CALLBACK_URL_MAX = 128;

const callbackurl = z
  .string()
  .max(WBS_CALLBACK_URL_MAX)
  .regex(/^https?:\/\/[^\s/]/i, "must be an http or https URL");

export const wbsSubscribeRequest = z.strictObject({
  ...wbsCredentials,
  callbackurl,
  comment: z.string().min(1).max(255),
});

export const wbsRevokeRequest = z.strictObject({ ...wbsCredentials, callbackurl });

export const wbsGetSubscriptionRequest = z.strictObject({ ...wbsCredentials, callbackurl });

/** `expires` is in epoch seconds. */
export const wbsSubscription = z.looseObject({ expires: z.unknown().optional(), comment: z.string().nullish() });

export const wbsListSubscriptionsRequest = z.strictObject(wbsCredentials);

/** Early servers named no callback URL in the list. */
export const wbsListedSubscription = wbsSubscription.extend({ callbackurl: z.string().nullish() });

/** Each a `wbsListedSubscription`. */
export const wbsListSubscriptionsBody = z.looseObject({ profiles: z.array(z.unknown()) });
