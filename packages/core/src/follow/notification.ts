import type { EpochSeconds } from "../domain/measure-group.ts";

/**
 * What a call of the callback URL says.
 * - `notification`: something of this user changed in this window; a hint, never data
 * - `probe`: no userid, as the API sends when it tries the URL at subscribe time
 * - `malformed`: a userid, but no window to ask for
 */
export type ParsedNotification =
  | {
      readonly kind: "notification";
      readonly userId: string;
      readonly from: EpochSeconds;
      readonly to: EpochSeconds;
    }
  | { readonly kind: "probe" }
  | { readonly kind: "malformed"; readonly reason: string };

const DECIMAL = /^\d{1,15}$/;

/**
 * Reads the parameters of a callback: those of the form body, then those of the query. The document shows a query, every later witness a
 * form.
 */
export function parseNotification({
  query,
  body,
}: {
  readonly query: string;
  readonly body: string;
}): ParsedNotification {
  const form = new URLSearchParams(body);
  const search = new URLSearchParams(query);
  const parameter = (name: string) => form.get(name) ?? search.get(name);
  const userId = parameter("userid");
  if (userId === null || userId === "") return { kind: "probe" };
  if (!DECIMAL.test(userId)) return malformed("userid");
  const [start, end] = [parameter("startdate"), parameter("enddate")];
  if (start === null || !DECIMAL.test(start)) return malformed("startdate");
  if (end === null || !DECIMAL.test(end)) return malformed("enddate");
  const [from, to] = [Number(start), Number(end)];
  if (from > to) return { kind: "malformed", reason: "startdate is after enddate" };
  return { kind: "notification", userId: String(Number(userId)), from, to };
}

const malformed = (name: string): ParsedNotification => ({
  kind: "malformed",
  reason: `${name} is absent or not a decimal number`,
});
