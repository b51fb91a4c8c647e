import { LIMITS } from "../limits.ts";

/** Hides secrets in a text that somebody else wrote. */
export type Redact = (text: string) => string;

const HIDDEN = "[hidden]";
const escapeForRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const escapeForHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Every spelling in which a server, a proxy or a library may repeat a value. */
const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(encodeURIComponent(secret)),
  new URLSearchParams([["", secret]]).toString().slice(1),
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll("/", "\\/"),
  escapeForHtml(secret),
];

/** Prepares nothing before its first use: most calls go well. */
export function redactor(secrets: readonly string[]): Redact {
  let redact: Redact | undefined;
  return (text) => {
    redact ??= hiding(secrets);
    return redact(text);
  };
}

function hiding(secrets: readonly string[]): Redact {
  const all = [...new Set(secrets.filter((secret) => secret !== "").flatMap(spellings))];
  if (all.length === 0) return (text) => text;
  // The longest first, so that no spelling leaves the rest of a longer one behind.
  const pattern = all.sort((a, b) => b.length - a.length).map(escapeForRegExp);
  const anyOfThem = new RegExp(pattern.join("|"), "gi");
  return (text) => text.replace(anyOfThem, HIDDEN);
}

/** Hides what stands behind one of these names in an answer: a new secret that no call has sent yet. */
export function hideNamed(text: string, names: readonly string[]): string {
  if (names.length === 0) return text;
  const value = new RegExp(
    `((?:${names.map(escapeForRegExp).join("|")})\\\\?["']?\\s*[:=]\\s*\\\\?["']?)[^"'\\\\&\\s,;<>{}[\\]]+`,
    "gi",
  );
  return text.replace(value, `$1${HIDDEN}`);
}

/** No spelling of a secret is longer: an email of 254 characters, encoded twice. */
const LONGEST_SPELLING = 6_000;

/** The beginning of an answer, on one line. What stands at the cut is dropped, since it could be half of a secret. */
export function excerpt(text: string, redact: Redact): string {
  const looked = 2 * LONGEST_SPELLING;
  const safe = redact(text.slice(0, looked)).slice(0, text.length > looked ? -LONGEST_SPELLING : undefined);
  const line = safe.replace(/\s+/g, " ").trim();
  return line.length <= LIMITS.excerptCharacters ? line : `${line.slice(0, LIMITS.excerptCharacters)}…`;
}

/**
 * A copy of somebody else's error that is safe to log: name, code and redacted message of the chain of causes, nothing more.
 * The original may hold the whole request.
 */
export function safeCause(error: unknown, redact: Redact, depth: number = LIMITS.causes): Error | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined;
  const cause = safeCause(error.cause, redact, depth - 1);
  const message = redact(error.message).slice(0, LIMITS.causeCharacters);
  const copy = new Error(message, cause && { cause });
  copy.name = error.name;
  copy.stack = `${error.name}: ${message}`;
  const code = errorCode(error);
  return code === undefined ? copy : Object.assign(copy, { code });
}

/** `code` of a system error, such as ECONNREFUSED. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
