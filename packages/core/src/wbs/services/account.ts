import type { CallOptions } from "../../domain/call-options.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { decodeUsersList } from "../decode/users.ts";
import { hashPassword } from "../password-hash.ts";
import type { WbsUser } from "../wbs-user.ts";
import { getOnce } from "./once.ts";

export interface AccountLogin {
  readonly email: string;
  /** Stays in this process: only a hash of it travels. */
  readonly password: string;
}

export interface AccountService {
  /** The users of an account, in no certain order, each with the key that reads their data. */
  getUsersList(login: AccountLogin, options?: CallOptions): Promise<readonly WbsUser[]>;
}

export const accountService = (transport: Transport): AccountService => ({
  async getUsersList({ email, password }, options) {
    const prove = async (leftMs: number) => {
      const once = await getOnce(transport, { ...options, deadlineMs: leftMs });
      return { email, hash: hashPassword({ email, password, once }) };
    };
    const body = await transport.send(CALLS.getUsersList, prove, options);
    return readBody(CALLS.getUsersList, () => decodeUsersList(body));
  },
});
