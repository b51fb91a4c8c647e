import { systemClock } from "../clock.ts";
import type { CallOptions } from "../domain/call-options.ts";
import { InvalidCallError, NotAuthorizedError } from "../errors.ts";
import { checkedBaseUrl } from "../http/base-url.ts";
import { type ClientOptions, transportOf } from "../http/client-options.ts";
import { Transport } from "../http/transport.ts";
import { reportOnce, reportOncePerField } from "../http/unknown-codes.ts";
import type { Grant, TokenStore } from "../ports/token-store.ts";
import { type NotifyCategory, SCALE_CATEGORIES } from "./categories.ts";
import { ApplicationDialect, PersonDialect } from "./dialect.ts";
import { GrantKeeper, type GrantWarning, nextGrant } from "./grant-keeper.ts";
import { type PublicPerson, publicPerson } from "./person.ts";
import { publicMeasureService } from "./services/measure.ts";
import { publicNotifyService } from "./services/notify.ts";
import { type OAuthService, oauthService, type Registration } from "./services/oauth.ts";

export interface PublicClientOptions extends ClientOptions, Registration {
  /**
   * Keeps what people consented to.
   * @example createPublicClient({ …, tokens: fileTokenStore({ directory: "grants" }) })
   */
  readonly tokens: TokenStore;
  /**
   * Address of the API: https, but for a server on this machine. @default "https://wbsapi.withings.net/"
   * @example createPublicClient({ …, baseUrl: "http://127.0.0.1:8470/" }) // the simulator
   */
  readonly baseUrl?: string | URL;
  /** The consent page. @default "https://account.withings.com/oauth2_user/authorize2"; of another base URL, the same path there */
  readonly authorizeUrl?: string | URL;
  /** Kinds of data that callbacks announce. @default weight, heart and user */
  readonly categories?: readonly NotifyCategory[];
  /** Called once for each warning about a grant, with its name. */
  readonly onGrantWarning?: (name: string, warning: GrantWarning) => void;
  /** Another installation shares the application: it has so many subscriptions to the person. */
  readonly onForeign?: (name: string, count: number) => void;
}

export interface AuthorizeOptions {
  /** Exactly as it is registered in the developer portal. */
  readonly redirectUrl: string;
  /** At least 128 random bits, good for one attempt; `readRedirect` checks it. */
  readonly state: string;
  /** The service's demo person consents, without a log-in. */
  readonly isDemo?: boolean;
}

/** Today's API, through one application. Every call throws a WeighbridgeError, or its signal's reason. */
export interface PublicClient {
  /** The page on which a person consents. */
  authorizeUrl(options: AuthorizeOptions): string;
  /** A page that logs the browser out, which would go on with the session of the person before, and then leads to `next`. */
  logOutUrl(next: string): string;
  /** The grant that a code stands for. Nothing is stored: that is the caller's, who knows whose it must be. */
  exchange(code: { readonly code: string; readonly redirectUrl: string }, options?: CallOptions): Promise<Grant>;
  /** Rejects with `wrong_client` or `clock_wrong`, before anybody consents in vain. */
  checkClient(options?: CallOptions): Promise<void>;
  /** The person of a stored grant. `userId`: that of the grant, which never becomes another one. */
  person(name: string, userId: string): PublicPerson;
}

const BASE_URL = "https://wbsapi.withings.net/";
const AUTHORIZE_URL = "https://account.withings.com/oauth2_user/authorize2";

/** Scopes of a scale's data: nothing more is asked for. */
export const SCOPES: readonly string[] = ["user.info", "user.metrics"];

/**
 * A client for the people who consented to one application.
 *
 * ```ts
 * const tokens = fileTokenStore({ directory: "grants" });
 * const client = createPublicClient({ clientId, clientSecret, tokens });
 * const { userId } = await tokens.read("ada");
 * for await (const { groups } of client.person("ada", userId).measureGroups({})) console.log(groups);
 * ```
 */
export function createPublicClient(options: PublicClientOptions): PublicClient {
  const { clientId, tokens, clock = systemClock, categories = SCALE_CATEGORIES } = options;
  const shared = {
    ...transportOf(options),
    baseUrl: checkedBaseUrl(options.baseUrl ?? BASE_URL, { mustEncrypt: true }),
    // In an address, secrets would stand in logs.
    method: "POST",
  } as const;
  const consentPage = consentPageOf(options);
  const oauth = oauthService(new Transport({ ...shared, dialect: new ApplicationDialect(clock) }), options, clock);
  const sinks = {
    unknown: reportOnce(options.onUnknown ?? (() => {})),
    skipped: reportOncePerField(options.onSkipped ?? (() => {})),
  };
  return {
    authorizeUrl: (asked) => consentUrl(consentPage, clientId, asked),
    logOutUrl: (next) => `${new URL("/logout", consentPage)}?${new URLSearchParams({ r: next })}`,
    async exchange(code, callOptions) {
      const requestedAt = Math.floor(clock.now() / 1000);
      return nextGrant({ clientId, revision: 0 }, await oauth.exchange(code, callOptions), requestedAt);
    },
    async checkClient(callOptions) {
      await oauth.nonce(callOptions);
    },
    person(name, userId) {
      const keeper = new GrantKeeper({
        name,
        clientId,
        tokens,
        clock,
        refresh: (refreshToken) => oauth.refresh(refreshToken),
        onWarning: (warning) => options.onGrantWarning?.(name, warning),
      });
      const transport = new Transport({ ...shared, dialect: new PersonDialect(clock, keeper, userId) });
      return publicPerson({
        userId,
        transport,
        clock,
        categories,
        measure: publicMeasureService(transport, sinks),
        notify: publicNotifyService(transport),
        onForeign: (count) => options.onForeign?.(name, count),
        announce: (end) => keeper.announce(end),
        signOut: (callOptions) => signOut(oauth, tokens, { name, userId }, callOptions),
      });
    },
  };
}

function consentPageOf({ baseUrl = BASE_URL, authorizeUrl }: PublicClientOptions): URL {
  const isReal = URL.parse(String(baseUrl))?.href === BASE_URL;
  const page = isReal ? AUTHORIZE_URL : new URL(new URL(AUTHORIZE_URL).pathname, baseUrl);
  const url = URL.parse(String(authorizeUrl ?? page));
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidCallError("the address of the consent page is no http or https URL", { code: "invalid_option" });
}

function consentUrl(page: URL, clientId: string, { redirectUrl, state, isDemo }: AuthorizeOptions): string {
  const parameters = {
    response_type: "code",
    client_id: clientId,
    state,
    // Separated by commas: the service does not read spaces.
    scope: SCOPES.join(","),
    redirect_uri: redirectUrl,
    ...(isDemo && { mode: "demo" }),
  };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${page.origin}${page.pathname}?${query.join("&")}`;
}

/** A consent that the service does not know any more is what was asked for. */
async function signOut(
  oauth: OAuthService,
  tokens: TokenStore,
  { name, userId }: { readonly name: string; readonly userId: string },
  options: CallOptions | undefined,
): Promise<void> {
  try {
    await oauth.revoke(userId, options);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  await tokens.exclusively(name, () => tokens.remove(name));
}

const isGone = (error: unknown): boolean =>
  error instanceof NotAuthorizedError || (error as { readonly code?: unknown }).code === "access_refused";
