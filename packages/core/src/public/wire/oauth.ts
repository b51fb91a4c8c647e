import * as z from "zod";
import { decimal } from "../../http/scalars.ts";

const client = { client_id: z.string().min(1), client_secret: z.string().min(1) };

export const codeRequest = z.strictObject({
  ...client,
  grant_type: z.literal("authorization_code"),
  code: z.string().min(1),
  /** Byte for byte that of the authorize URL. */
  redirect_uri: z.string().min(1),
});

export const refreshRequest = z.strictObject({
  ...client,
  grant_type: z.literal("refresh_token"),
  refresh_token: z.string().min(1),
});

const signed = { client_id: z.string().min(1), nonce: z.string().min(1), signature: z.string().length(64) };

export const revokeRequest = z.strictObject({ ...signed, userid: decimal });

export const nonceRequest = z.strictObject({
  client_id: z.string().min(1),
  timestamp: decimal,
  signature: z.string().length(64),
});

export const nonceBody = z.looseObject({ nonce: z.string().min(1) });

const USUAL_S = 10_800;
const YEAR_S = 31_536_000;

/**
 * The userid was seen as a string after a code, and as a number after a refresh. Both tokens are all that a renewal needs: one that is thrown away
 * for its other fields would be thrown away each time, until the pair before it has ended.
 */
export const tokenBody = z.looseObject({
  userid: z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform(String),
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.coerce.number().positive().max(YEAR_S).catch(USUAL_S),
  scope: z.string().catch(""),
});
