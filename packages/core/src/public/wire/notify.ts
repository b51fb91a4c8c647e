import * as z from "zod";
import { decimal } from "../../http/scalars.ts";

const callbackurl = z.string().min(1).max(255);

export const subscribeRequest = z.strictObject({ callbackurl, appli: decimal, comment: z.string().optional() });
export const getRequest = z.strictObject({ callbackurl, appli: decimal });
export const listRequest = z.strictObject({ appli: decimal.optional() });
/** The appli always, since nobody knows what goes without it. */
export const revokeRequest = z.strictObject({ callbackurl, appli: decimal });
/** Exactly one of the three. */
export const updateRequest = z
  .strictObject({
    callbackurl,
    appli: decimal,
    new_callbackurl: callbackurl.optional(),
    new_appli: decimal.optional(),
    comment: z.string().optional(),
  })
  .refine(
    ({ new_callbackurl, new_appli, comment }) =>
      [new_callbackurl, new_appli, comment].filter((one) => one !== undefined).length === 1,
    { error: "give exactly one of new_callbackurl, new_appli and comment" },
  );

export const profile = z.looseObject({
  appli: z.unknown().optional(),
  callbackurl: z.string().nullish(),
  /** 2147483647 in every answer that was seen: no expiry. */
  expires: z.unknown().optional(),
  comment: z.string().nullish(),
});

export const listBody = z.looseObject({ profiles: z.array(z.unknown()).nullish() });
