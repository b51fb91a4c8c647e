import * as z from "zod";
import { positiveDecimal } from "../../http/scalars.ts";

/** Userid and key, which name a user in nearly every call. Keys seen were 16 lowercase hex characters, but nothing promises that. */
export const wbsCredentials = {
  userid: positiveDecimal,
  publickey: z.string().regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters"),
};
