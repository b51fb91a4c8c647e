import { createWbsClient } from "@weighbridge/core";

const { WITHINGS_USERID, WITHINGS_PUBLICKEY, WITHINGS_URL } = process.env;
if (!WITHINGS_USERID || !WITHINGS_PUBLICKEY) throw new Error("Set WITHINGS_USERID and WITHINGS_PUBLICKEY.");

/** The person whose data the examples read. */
export const person = { userId: Number(WITHINGS_USERID), publicKey: WITHINGS_PUBLICKEY };

/** At the API, or at a simulator that WITHINGS_URL names. */
export const client = createWbsClient(WITHINGS_URL ? { baseUrl: WITHINGS_URL } : {});
