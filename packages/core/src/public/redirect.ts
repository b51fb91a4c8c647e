import { timingSafeEqual } from "node:crypto";

/** Reasons for which a redirect, or what a person pasted in its place, gives no code. */
export type WrongRedirect =
  /** Nothing was given. */
  | "empty"
  /** The address of the consent page itself: the person has not agreed yet. */
  | "consent_page"
  /** The page that says that the redirect URL is not registered. */
  | "redirect_not_registered"
  /** The redirect of another attempt. */
  | "other_attempt"
  /** An address without a code. */
  | "no_code";

/** Content of a redirect from the consent page. */
export type Redirect =
  | { readonly is: "code"; readonly code: string }
  /** The person refused, or the service did: `error` is its word for it, such as `access_denied`. */
  | { readonly is: "refused"; readonly error: string }
  | { readonly is: "wrong"; readonly what: WrongRedirect };

export interface ExpectedRedirect {
  /** That of the attempt which the redirect must belong to. */
  readonly state: string;
  /** A person may paste the bare code, which has no state; a redirect that a browser follows must have one. */
  readonly isPasted: boolean;
}

const wrong = (what: WrongRedirect): Redirect => ({ is: "wrong", what });

/**
 * Reads a redirect: its whole URL, the part after `?`, or, pasted, the bare code. Exchanges nothing, and shows nothing of what was given.
 *
 * ```ts
 * const redirect = readRedirect(request.url, { state, isPasted: false });
 * if (redirect.is === "code") await client.exchange({ code: redirect.code, redirectUrl });
 * ```
 */
export function readRedirect(text: string, expected: ExpectedRedirect): Redirect {
  const given = text.trim();
  if (given === "") return wrong("empty");
  if (given.includes("redirect_uri_mismatch")) return wrong("redirect_not_registered");
  const parameters = parametersOf(given);
  if (parameters === undefined)
    return expected.isPasted && /^[\w.~-]+$/.test(given) ? { is: "code", code: given } : wrong("no_code");
  if (parameters.has("response_type")) return wrong("consent_page");
  const state = parameters.get("state");
  const isOurs = state === null ? expected.isPasted : isSame(state, expected.state);
  const error = parameters.get("error");
  const code = parameters.get("code");
  if (!error && !code) return wrong("no_code");
  if (!isOurs) return wrong("other_attempt");
  return error ? { is: "refused", error } : { is: "code", code: code as string };
}

/** Undefined for a text that has none. */
function parametersOf(text: string): URLSearchParams | undefined {
  const [, query] = text.split(/\?(.*)/s);
  if (query !== undefined) return new URLSearchParams(query.split("#")[0]);
  return text.includes("=") ? new URLSearchParams(text) : /^https?:|^\//.test(text) ? new URLSearchParams() : undefined;
}

/** In constant time: how long it takes must not reveal how much of the state was right. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
