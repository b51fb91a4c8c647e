import { checkOf } from "../../http/check.ts";
import type { WbsUser } from "../wbs-user.ts";
import { wbsServices } from "../wire/services.ts";
import type { WbsUser as WireUser } from "../wire/user.ts";

const GENDERS: Readonly<Record<number, "male" | "female">> = { 0: "male", 1: "female" };

/** The scale's bit of `ispublic`. */
const SHARES_SCALE = 1;

const checkList = checkOf(wbsServices.account.getuserslist.body);
const checkOne = checkOf(wbsServices.user.getbyuserid.body);

export function decodeUsersList(body: unknown): readonly WbsUser[] {
  return checkList(body).users.map((user) => decodeUser(user, user.publickey));
}

/** The answer does not repeat the key, so that the caller's is kept. Undefined where no user came. */
export function decodeUserById(body: unknown, publicKey: string): WbsUser | undefined {
  const user = checkOne(body).users[0];
  return user && decodeUser(user, publicKey);
}

function decodeUser(user: WireUser, publicKey: string): WbsUser {
  const gender = user.gender == null ? undefined : GENDERS[user.gender];
  return {
    id: user.id,
    publicKey,
    ...(user.firstname != null && { firstName: user.firstname }),
    ...(user.lastname != null && { lastName: user.lastname }),
    ...(user.shortname != null && { shortName: user.shortname }),
    ...(gender && { gender }),
    ...(user.birthdate != null && { birthDate: user.birthdate }),
    ...(user.ispublic != null && { sharing: user.ispublic, isSharing: (user.ispublic & SHARES_SCALE) !== 0 }),
  };
}
