import type { Clock } from "../../clock.ts";
import type { CallOptions } from "../../domain/call-options.ts";
import { readBody } from "../../http/read-body.ts";
import type { Transport } from "../../http/transport.ts";
import { CALLS } from "../calls.ts";
import { decodeNonce, decodeTokens } from "../decode/others.ts";
import type { TokenPair } from "../grant-keeper.ts";
import { signature } from "../signing.ts";

/** The application as it is registered. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OAuthService {
  /** Exchanges a code, which is good once and for 30 s. `redirectUrl`: byte for byte that of the authorize URL. */
  exchange(code: { readonly code: string; readonly redirectUrl: string }, options?: CallOptions): Promise<TokenPair>;
  refresh(refreshToken: string, options?: CallOptions): Promise<TokenPair>;
  /** Ends both tokens and the person's subscriptions. */
  revoke(userId: string, options?: CallOptions): Promise<void>;
  /** A string that is good once, for half an hour. Getting one proves client id, secret and clock. */
  nonce(options?: CallOptions): Promise<string>;
}

export function oauthService(transport: Transport, registration: Registration, clock: Clock): OAuthService {
  const { clientId, clientSecret } = registration;
  const client = { client_id: clientId, client_secret: clientSecret };
  const pairOf = (call: (typeof CALLS)["refresh" | "exchangeCode"], body: unknown): TokenPair => {
    const { userid, access_token, refresh_token, expires_in, scope } = readBody(call, () => decodeTokens(body));
    return { userId: userid, accessToken: access_token, refreshToken: refresh_token, expiresInS: expires_in, scope };
  };
  const nonce: OAuthService["nonce"] = async (options) => {
    const timestamp = String(Math.floor(clock.now() / 1000));
    const parameters = {
      client_id: clientId,
      timestamp,
      signature: signature(clientSecret, CALLS.getNonce.action, clientId, timestamp),
    };
    const body = await transport.send(CALLS.getNonce, parameters, options);
    return readBody(CALLS.getNonce, () => decodeNonce(body));
  };
  return {
    async exchange({ code, redirectUrl }, options) {
      const parameters = { ...client, grant_type: "authorization_code", code, redirect_uri: redirectUrl };
      return pairOf(CALLS.exchangeCode, await transport.send(CALLS.exchangeCode, parameters, options));
    },
    async refresh(refreshToken, options) {
      const parameters = { ...client, grant_type: "refresh_token", refresh_token: refreshToken };
      return pairOf(CALLS.refresh, await transport.send(CALLS.refresh, parameters, options));
    },
    async revoke(userId, options) {
      const { action } = CALLS.revokeGrant;
      // A nonce is good once: each try needs its own.
      const signed = async () => {
        const once = await nonce(options);
        return {
          client_id: clientId,
          nonce: once,
          signature: signature(clientSecret, action, clientId, once),
          userid: userId,
        };
      };
      await transport.send(CALLS.revokeGrant, signed, options);
    },
    nonce,
  };
}
