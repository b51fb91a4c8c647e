import { randomBytes } from "node:crypto";
import { accountsOf, ONLY_ACCOUNT } from "../config/accounts.ts";
import { fullCallbackUrl } from "../config/callback-url.ts";
import type { Config } from "../config/schema.ts";
import type { Store } from "../store/store.ts";

/** The callback path of one account. */
export interface CallbackPath {
  readonly accountId: string;
  /** The last part of the path: the only proof that a caller is the API. */
  readonly secret: string;
  /** With its secret; undefined where the bridge only polls. */
  readonly url: string | undefined;
}

/** A path for each account, with a secret that stays the same for good: whoever sees one account's URL can call for no other. */
export function callbackPaths(config: Config, store: Pick<Store, "setting">): Promise<CallbackPath[]> {
  return Promise.all(
    accountsOf(config).map(async ({ id: accountId }) => {
      const name = accountId === ONLY_ACCOUNT ? "callback_secret" : `callback_secret.${accountId}`;
      const secret = await store.setting(name, () => randomBytes(16).toString("base64url"));
      return { accountId, secret, url: fullCallbackUrl(config, secret) };
    }),
  );
}
