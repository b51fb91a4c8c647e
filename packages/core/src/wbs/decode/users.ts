import { checkOf } from "../../http/check.ts";
import { momentOf } from "../../http/scalars.ts";
import type { WbsUser } from "../wbs-user.ts";
import { wbsListedUser } from "../wire/account.ts";
import { wbsServices } from "../wire/services.ts";
import { type WbsUser as WireUser, wbsUser } from "../wire/user.ts";

const GENDERS: Readonly<Record<number, "male" | "female">> = { 0: "male", 1: "female" };

/** The scale's bit of `ispublic`. */
const SHARES_SCALE = 1;

const checkList = checkOf(wbsServices.account.getuserslist.body);
const checkOne = checkOf(wbsServices.user.getbyuserid.body);
const checkListedUser = checkOf(wbsListedUser);
const checkUser = checkOf(wbsUser);

export function decodeUsersList(body: unknown): readonly WbsUser[] {
  // One by one: the first that does not fit ends it, and no other is explained.
  return checkList(body).users.map((one) => {
    const user = checkListedUser(one);
    return decodeUser(user, user.publickey);
  });
}

/** The answer does not repeat the key, so that the caller's is kept. Undefined where no user came. */
export function decodeUserById(body: unknown, publicKey: string): WbsUser | undefined {
  const user = checkOne(body).users[0];
  return user === undefined ? undefined : decodeUser(checkUser(user), publicKey);
}

function decodeUser(user: WireUser, publicKey: string): WbsUser {
  const birthDate = momentOf(user.birthdate);
  const gender = user.gender == null ? undefined : GENDERS[user.gender];
  return {
    id: user.id,
    publicKey,
    ...(user.firstname != null && { firstName: user.firstname }),
    ...(user.lastname != null && { lastName: user.lastname }),
    ...(user.shortname != null && { shortName: user.shortname }),
    ...(gender && { gender }),
    ...(birthDate !== undefined && { birthDate }),
    ...(user.ispublic != null && { sharing: user.ispublic, isSharing: (user.ispublic & SHARES_SCALE) !== 0 }),
  };
}
