import type { Clock } from "../clock.ts";
import { type Endpoint, NotAuthorizedError, RejectedError } from "../errors.ts";
import type { Dialect, Envelope, Head, Headers } from "../http/dialect.ts";
import type { Failure } from "../http/retry.ts";
import { wholeNumber } from "../http/scalars.ts";
import { LIMITS } from "../limits.ts";
import type { Grant } from "../ports/token-store.ts";
import type { GrantKeeper } from "./grant-keeper.ts";
import { GRANT_LIMITS } from "./limits.ts";
import { isUnauthorized, statusEntry } from "./statuses.ts";
import { publicEnvelope } from "./wire/envelope.ts";

/** Parameters and fields of answers that no error may show. */
const SECRETS = [
  ...["client_secret", "code", "refresh_token", "access_token", "signature", "nonce", "state", "csrf_token"],
  // A callback URL holds a secret path.
  ...["callbackurl", "new_callbackurl"],
] as const;

/** How today's API answers calls that carry no access token: those of the application itself. */
export class ApplicationDialect implements Dialect {
  readonly secrets = SECRETS;
  readonly caller: string = "application";
  readonly guardsRetries = true;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readEnvelope(json: unknown): Envelope | undefined {
    const { status, body, error } = publicEnvelope.safeParse(json).data ?? {};
    return status === undefined ? undefined : { status, body, ...(error !== undefined && { error }) };
  }

  failureOf({ status, body, error = "" }: Envelope, endpoint: Endpoint, { serverTimeMs }: Head): Failure {
    if (status === 601) return tooMany(endpoint, error, body);
    if (status === 403)
      return never(
        new NotAuthorizedError(`${named(endpoint)} needs a scope that was not granted`, { code: "scope_missing" }),
      );
    if (status === 503) return invalid(endpoint, error);
    if (isOfApplication(endpoint) && (status === 342 || status === 100))
      return this.#wrongClient(status, endpoint, serverTimeMs);
    const { isPassing, ...entry } = statusEntry(status);
    const rejected = new RejectedError({
      ...entry,
      meaning: withWords(entry.meaning, error),
      status,
      ...endpointOf(endpoint),
    });
    if (isUnauthorized(status)) return { ...never(rejected), isUnauthorized: true };
    return isPassing ? { error: rejected, repeat: "harmless" } : never(rejected);
  }

  /** A clock that is off makes the signature wrong, as a wrong secret does. */
  #wrongClient(status: number, endpoint: Endpoint, serverTimeMs: number | undefined): Failure {
    const offMs = serverTimeMs === undefined ? 0 : Math.abs(serverTimeMs - this.#clock.now());
    const entry =
      offMs > GRANT_LIMITS.clockOffMs
        ? ({ code: "clock_wrong", meaning: `this machine's clock is ${Math.round(offMs / 1000)} s off` } as const)
        : ({ code: "wrong_client", meaning: "client id or client secret is wrong" } as const);
    return never(new RejectedError({ ...entry, status, ...endpointOf(endpoint) }));
  }
}

/** How it answers calls about one person. */
export class PersonDialect extends ApplicationDialect {
  override readonly caller: string;
  readonly #keeper: GrantKeeper;
  #sent: Grant | undefined;

  constructor(clock: Clock, keeper: GrantKeeper, userId: string) {
    super(clock);
    this.#keeper = keeper;
    this.caller = userId;
  }

  async authorize({ signal }: { readonly signal?: AbortSignal }): Promise<Headers> {
    return this.#headers(await this.#keeper.grant(signal ? { signal } : {}));
  }

  /** Another call may have renewed the token already. */
  async refresh(refused: Headers, { signal }: { readonly signal?: AbortSignal }): Promise<void> {
    const sent = this.#sent;
    if (sent === undefined || refused["authorization"] !== bearer(sent)) return;
    this.#headers(await this.#keeper.grant({ above: sent.revision, ...(signal && { signal }) }));
  }

  #headers(grant: Grant): Headers {
    if (grant.userId !== this.caller)
      throw new NotAuthorizedError("the stored consent is another person's", { code: "wrong_person" });
    this.#sent = grant;
    return { authorization: bearer(grant) };
  }
}

const bearer = ({ accessToken }: Grant) => `Bearer ${accessToken}`;
const named = ({ service, action }: Endpoint) => `${service}/${action}`;
const endpointOf = ({ service, action }: Endpoint): Endpoint => ({ service, action });
const never = (error: Failure["error"]): Failure => ({ error, repeat: "never" });
const withWords = (meaning: string, words: string) => (words === "" ? meaning : `${meaning} (${words})`);
const isOfApplication = ({ service }: Endpoint) => service === "v2/oauth2" || service === "v2/signature";

/** 503 is no outage: something that was sent is invalid, and the words say what. */
function invalid(endpoint: Endpoint, words: string): Failure {
  if (/invalid refresh_?token/i.test(words))
    return never(new NotAuthorizedError("the service refuses the refresh token", { code: "grant_ended" }));
  const isCode = /invalid code/i.test(words);
  const code = isCode ? "code_expired" : "invalid_parameter";
  const meaning = withWords(isCode ? "the code is not good any more" : "a parameter is invalid", words);
  return never(new RejectedError({ code, meaning, status: 503, ...endpointOf(endpoint) }));
}

/** An identical call came too soon, or the application has used up its minute. */
function tooMany(endpoint: Endpoint, words: string, body: unknown): Failure {
  const isSame = /same arguments/i.test(words);
  const asked = (wholeNumber((body as { wait_seconds?: unknown } | null)?.wait_seconds) ?? 0) * 1000;
  const shortest = isSame ? LIMITS.tooManyRequestsWaitMs : LIMITS.pauseMs;
  const waitMs = Math.min(LIMITS.longestPauseMs, Math.max(shortest, asked));
  const error = new RejectedError({
    code: "too_many_requests",
    meaning: withWords("too many calls in a short time", words),
    status: 601,
    ...endpointOf(endpoint),
    retryAfterMs: waitMs,
  });
  return { error, repeat: "harmless", ...(isSame ? { waitAtLeastMs: waitMs } : { pauseMs: waitMs }) };
}
