import * as z from "zod";
import { wbsUser } from "./user.ts";

export const wbsGetUsersListRequest = z.strictObject({
  email: z.string().min(1).max(254),
  /** md5(lower(email) ":" md5(password) ":" once) in lowercase hex, zeros kept. */
  hash: z.string().regex(/^[0-9a-f]{32}$/, "must be 32 lowercase hex digits"),
});

/** The key comes even for users who do not share. */
export const wbsListedUser = wbsUser.extend({ publickey: z.string().min(1) });

/** Each a `wbsListedUser`. */
export const wbsGetUsersListBody = z.looseObject({ users: z.array(z.unknown()) });
