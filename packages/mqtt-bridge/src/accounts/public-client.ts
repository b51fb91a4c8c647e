import {
  Application,
  type Clock,
  createPublicClient,
  type NotifyCategory,
  type PublicClient,
  type PublicClientOptions,
  type TokenStore,
} from "@weighbridge/core";
import type { PublicAccountConfig } from "../config/schema.ts";

export interface PublicClientParts extends Partial<PublicClientOptions> {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly version: string;
  /** Milliseconds before an identical call goes out again. */
  readonly repeatCallMs?: number;
}

/** The client of an account of today's API: one for the account, since people of an application share its limits. */
export function publicClientOf(account: PublicAccountConfig, parts: PublicClientParts): PublicClient {
  const { clock, version, repeatCallMs, ...others } = parts;
  return createPublicClient({
    baseUrl: account.base_url,
    ...(account.authorize_url !== undefined && { authorizeUrl: account.authorize_url }),
    clientId: account.client_id,
    clientSecret: account.client_secret,
    timeoutMs: account.timeout_s * 1000,
    // `user` says that a person unlinked the application, which somebody should hear of.
    categories: [...account.notify, "user"] satisfies NotifyCategory[],
    application: new Application({
      clock,
      callsPerMinute: account.calls_per_minute,
      ...(repeatCallMs !== undefined && { repeatCallMs }),
    }),
    clock,
    userAgent: `weighbridge/${version}`,
    ...others,
  });
}
