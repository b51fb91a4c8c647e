import type { CallOptions } from "../../domain/call-options.ts";
import { UnexpectedResponseError } from "../../errors.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { credentials, type WbsCredentials } from "../credentials.ts";
import { decodeUserById } from "../decode/users.ts";
import type { WbsUser } from "../wbs-user.ts";

export interface SharingUpdate {
  /** Turning sharing off replaces the publickey; account/getuserslist has the new one. */
  readonly publicKeyInvalidated: boolean;
}

export interface UserService {
  getById(user: WbsCredentials, options?: CallOptions): Promise<WbsUser>;
  /** Turns sharing on or off. */
  update(user: WbsCredentials & { readonly isPublic: boolean }, options?: CallOptions): Promise<SharingUpdate>;
}

export const userService = (transport: Transport): UserService => ({
  async getById(user, options) {
    const body = await transport.send(CALLS.getByUserId, credentials(user), options);
    const found = readBody(CALLS.getByUserId, () => decodeUserById(body, user.publicKey));
    if (found) return found;
    throw new UnexpectedResponseError("user/getbyuserid answered with success, but without a user", {
      code: "unexpected_response",
      remedy: "Check the userid and the base URL.",
    });
  },
  async update({ isPublic, ...user }, options) {
    const call = isPublic ? CALLS.startSharing : CALLS.stopSharing;
    await transport.send(call, { ...credentials(user), ispublic: isPublic ? "1" : "0" }, options);
    return { publicKeyInvalidated: !isPublic };
  },
});
