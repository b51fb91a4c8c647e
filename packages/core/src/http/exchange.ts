import type { Clock } from "../clock.ts";
import { type Endpoint, RejectedError, UnexpectedResponseError, UnreachableError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { Dialect, Headers } from "./dialect.ts";
import type { Answer, Fetch, Question } from "./node-fetch.ts";
import { errorCode, excerpt, hideNamed, type Redact, safeCause } from "./redact.ts";
import type { Failure } from "./retry.ts";
import { wholeNumber } from "./scalars.ts";

export type Method = "GET" | "POST";

/** One try of one call. */
export interface Exchange {
  readonly endpoint: Endpoint;
  readonly baseUrl: URL;
  readonly method: Method;
  /** All of them, `action` too. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Beside our own. */
  readonly headers: Headers;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly redact: Redact;
}

export interface ExchangeTools {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly dialect: Dialect;
}

export type Outcome = { readonly body: unknown } | { readonly failure: Failure };

/** Connecting failed: the service never saw the call. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Given as reasons, so that no error with a stack is made for every call that goes well. */
const ANSWERED = "answered";
const LATE = "late";

/** Sends one request and reads its answer. Throws only the signal's reason. */
export async function exchange(call: Exchange, tools: ExchangeTools): Promise<Outcome> {
  const answered = new AbortController();
  // Not AbortSignal.any, which costs more than the rest of this function.
  const given = new AbortController();
  const giveUp = () => given.abort(call.signal?.reason);
  const watch = tools.clock.sleep(call.timeoutMs, answered.signal).then(
    () => given.abort(LATE),
    () => {},
  );
  call.signal?.addEventListener("abort", giveUp, { once: true });
  if (call.signal?.aborted) giveUp();
  try {
    const response = await tools.fetch(...request(call, tools.userAgent, given.signal));
    return judge(call, tools.dialect, response, await boundedText(response));
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof TooLargeError) return unexpected(call, `more than ${LIMITS.answerBytes} bytes`, "never");
    return { failure: given.signal.reason === LATE ? timedOut(call) : unreachable(call, error) };
  } finally {
    call.signal?.removeEventListener("abort", giveUp);
    answered.abort(ANSWERED);
    await watch;
  }
}

/** `[base]/[service]?action=[action]&[parameters]`, or the same parameters as a form. Every value is encoded once. */
function request(call: Exchange, userAgent: string, signal: AbortSignal): [URL, Question] {
  const url = new URL(call.endpoint.service, call.baseUrl);
  const form = Object.entries(call.parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  const headers = { accept: "application/json", "user-agent": userAgent, ...call.headers };
  // A redirect could carry the publickey to another host.
  const common = { signal, redirect: "manual" } as const;
  if (call.method === "GET") {
    url.search = form;
    return [url, { ...common, method: "GET", headers }];
  }
  const body = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return [url, { ...common, method: "POST", body: form, headers: { ...headers, ...body } }];
}

class TooLargeError extends Error {}

async function boundedText(response: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LIMITS.answerBytes) throw new TooLargeError();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, bytes));
}

function judge(call: Exchange, dialect: Dialect, response: Answer, text: string): Outcome {
  const location = response.headers.get("location");
  if (response.status >= 300 && response.status < 400 && location) return redirected(call, response.status, location);
  const envelope = dialect.readEnvelope(parsed(text), response.status);
  if (envelope?.status === 0) return { body: envelope.body };
  const patienceMs = retryAfterMs(response.headers.get("retry-after"));
  if (response.status === 429) return { failure: tooMany(call, patienceMs) };
  const hide = (words: string) => excerpt(words, (all) => hideNamed(call.redact(all), dialect.secrets));
  if (envelope === undefined) {
    const what = `HTTP ${response.status} and not with the API's JSON: ${JSON.stringify(hide(text))}`;
    return unexpected(call, what, "unclear", patienceMs);
  }
  const { error, ...others } = envelope;
  const safe = error === undefined ? others : { ...others, error: hide(error) };
  return { failure: dialect.failureOf(safe, call.endpoint, { serverTimeMs: dateOf(response.headers.get("date")) }) };
}

function dateOf(header: string | null): number | undefined {
  const time = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : time;
}

/** Of a Retry-After header in seconds; dates, which need two clocks that agree, count as none. */
function retryAfterMs(header: string | null): number {
  const seconds = header === null ? undefined : wholeNumber(header.trim());
  return Math.min(LIMITS.longestPauseMs, Math.max(0, seconds ?? 0) * 1000);
}

function tooMany({ endpoint }: Exchange, patienceMs: number): Failure {
  const pauseMs = Math.max(LIMITS.pauseMs, patienceMs);
  const meaning = "too many calls in a short time";
  const { service, action } = endpoint;
  const error = new RejectedError({
    ...{ code: "too_many_requests", status: 429, meaning, service, action },
    retryAfterMs: pauseMs,
  });
  return { error, repeat: "harmless", pauseMs };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const named = ({ endpoint }: Exchange) => `${endpoint.service}/${endpoint.action}`;

function unexpected(call: Exchange, what: string, repeat: Failure["repeat"], waitAtLeastMs = 0): Outcome {
  const error = new UnexpectedResponseError(`${named(call)} at ${call.baseUrl.origin} answered with ${what}`, {
    code: "unexpected_response",
    ...(waitAtLeastMs > 0 && { retryAfterMs: waitAtLeastMs }),
  });
  return { failure: { error, repeat, ...(waitAtLeastMs > 0 && { waitAtLeastMs }) } };
}

function redirected(call: Exchange, status: number, location: string): Outcome {
  const target = URL.parse(location, call.baseUrl.href)?.origin ?? "an invalid address";
  const error = new UnexpectedResponseError(
    `${named(call)} at ${call.baseUrl.origin} answered with HTTP ${status}, a redirect to ${target}`,
    { code: "unexpected_response", remedy: "Redirects are not followed: set the base URL to where the API really is." },
  );
  return { failure: { error, repeat: "never" } };
}

function timedOut(call: Exchange): Failure {
  const seconds = Math.round(call.timeoutMs / 100) / 10;
  const error = new UnreachableError(`${named(call)} at ${call.baseUrl.origin} did not answer within ${seconds} s`, {
    code: "timeout",
  });
  return { error, repeat: "unclear" };
}

function unreachable(call: Exchange, cause: unknown): Failure {
  const code = errorCode(cause) ?? errorCode((cause as { cause?: unknown } | undefined)?.cause);
  const error = new UnreachableError(
    `${named(call)} at ${call.baseUrl.origin} could not be reached${code ? ` (${code})` : ""}`,
    {
      code: "network",
      cause: safeCause(cause, call.redact),
    },
  );
  const wasNeverSeen = code !== undefined && NEVER_SENT.has(code);
  return { error, repeat: wasNeverSeen ? "harmless" : "unclear", wasNeverSeen };
}
