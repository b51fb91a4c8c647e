import type { Window } from "../domain/window.ts";

/**
 * The content of a call of the callback URL.
 * - `notification`: something of this user changed in this window; a hint, never data. `window` is null where it cannot be read: a poll
 *   follows it, since the API does not repeat what was answered with 200 and ends a subscription that is answered with an error
 * - `probe`: no userid, as the API sends when it tries the URL at subscribe time
 * - `malformed`: a userid that is none
 */
export type ParsedNotification =
  | { readonly kind: "notification"; readonly userId: string; readonly window: Window | null }
  | { readonly kind: "probe" }
  | { readonly kind: "malformed"; readonly reason: string };

const DECIMAL = /^\d{1,15}$/;

/**
 * Reads the parameters of a callback: those of the body, then those of the query. The document shows a query, every later witness a form;
 * JSON and multipart bodies come through proxies and relays.
 */
export function parseNotification({
  query,
  body,
}: {
  readonly query: string;
  readonly body: string;
}): ParsedNotification {
  const sent = parametersOf(body);
  const search = new URLSearchParams(query);
  const parameter = (name: string) => (sent.get(name) ?? search.get(name) ?? "").trim();
  const userId = parameter("userid");
  if (userId === "") return { kind: "probe" };
  if (!DECIMAL.test(userId)) return { kind: "malformed", reason: "userid is not a decimal number" };
  const window = windowOf(parameter("startdate"), parameter("enddate"));
  return { kind: "notification", userId: String(Number(userId)), window };
}

function windowOf(start: string, end: string): Window | null {
  if (!DECIMAL.test(start) || !DECIMAL.test(end)) return null;
  const [from, to] = [Number(start), Number(end)];
  return from <= to ? { from, to } : null;
}

interface Parameters {
  get(name: string): string | null | undefined;
}

/** Told by the body itself: its content type may be lost on the way. */
function parametersOf(body: string): Parameters {
  const text = body.trimStart();
  if (text.startsWith("{")) return fieldsOf(text) ?? new Map();
  if (text.startsWith("--")) return partsOf(text);
  return new URLSearchParams(body);
}

function fieldsOf(json: string): Parameters | undefined {
  try {
    const fields = Object.entries(JSON.parse(json) as object);
    return new Map(fields.map(([name, value]) => [name, typeof value === "object" ? "" : String(value)]));
  } catch {
    return undefined;
  }
}

/** The fields of a multipart/form-data body. */
function partsOf(text: string): Parameters {
  const boundary = text.slice(0, text.search(/[\r\n]|$/));
  const fields = new Map<string, string>();
  for (const part of text.split(boundary)) {
    const end = part.search(/\r?\n\r?\n/);
    const name = end === -1 ? undefined : /\bname="([^"]*)"/i.exec(part.slice(0, end))?.[1];
    if (name !== undefined) fields.set(name, part.slice(end).trim());
  }
  return fields;
}
