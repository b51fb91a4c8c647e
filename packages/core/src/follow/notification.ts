import type { Window } from "../domain/window.ts";

/**
 * The content of a call of the callback URL.
 * - `notification`: something of this user changed in this window; a hint, never data. `window` is null where it cannot be read: a poll
 *   follows it, since the API does not repeat what was answered with 200 and ends a subscription that is answered with an error
 * - `person`: the person unlinked the application, deleted their account, or changed something about themselves
 * - `other`: a kind of data that nobody here follows, such as sleep; `appli` is its number
 * - `probe`: no userid, as the API sends when it tries the URL at subscribe time
 * - `malformed`: a userid that is none
 */
export type ParsedNotification =
  | { readonly kind: "notification"; readonly userId: string; readonly window: Window | null }
  | { readonly kind: "person"; readonly userId: string; readonly change: PersonChange }
  | { readonly kind: "other"; readonly userId: string; readonly appli: string }
  | { readonly kind: "probe" }
  | { readonly kind: "malformed"; readonly reason: string };

/** In the words of the API. */
export type PersonChange = "delete" | "unlink" | "update";

const PERSON = "46";
const CHANGES: ReadonlySet<string> = new Set<PersonChange>(["delete", "unlink", "update"]);
/** Kinds of data without measure groups: activity, sleep, bed in and out, and what devices say of themselves. */
const OTHERS: ReadonlySet<string> = new Set(["16", "44", "50", "51", "52", "53", "55"]);
/** Kinds of data with measure groups. The original API names none. */
const MEASURES: ReadonlySet<string> = new Set(["", "1", "2", "4", "54", "58", "61", "62", "63"]);

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
  return read(String(Number(userId)), window, { appli: parameter("appli"), action: parameter("action") });
}

interface Named {
  readonly appli: string;
  readonly action: string;
}

/** A new kind of data that names a window may have groups: a poll is the answer that loses nothing. */
function read(userId: string, window: Window | null, { appli, action }: Named): ParsedNotification {
  if (appli === PERSON && CHANGES.has(action)) return { kind: "person", userId, change: action as PersonChange };
  const isOther = OTHERS.has(appli) || appli === PERSON || (window === null && !MEASURES.has(appli));
  return isOther ? { kind: "other", userId, appli: appli.slice(0, 15) } : { kind: "notification", userId, window };
}

function windowOf(start: string, end: string): Window | null {
  if (!DECIMAL.test(start) || !DECIMAL.test(end)) return null;
  const [from, to] = [Number(start), Number(end)];
  return from <= to ? { from, to } : null;
}

interface Parameters {
  get(name: string): string | null | undefined;
}

/** Recognized by the body itself: its content type may be lost on the way. */
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
