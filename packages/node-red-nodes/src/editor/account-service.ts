import type { EditorNode } from "./red.ts";

/** A user as the runtime shows one to the editor. */
export interface FoundUser {
  readonly userid: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly is_sharing: boolean | null;
  /** The access key, only from `users`. */
  readonly publickey?: string;
}

export interface Answer {
  readonly ok: boolean;
  readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly user?: FoundUser;
  readonly users?: readonly FoundUser[];
  readonly groups?: number;
  /** Only the newest so many days were looked at. */
  readonly days?: number;
  /** Of a consent: how it stands, by the key of its words. */
  readonly is?: string;
  readonly userid?: string;
  readonly scope?: string;
  readonly error?: string;
  /** The account that the person belongs to already. */
  readonly other?: string;
  /** A page to open before the next try. */
  readonly first_open?: string;
  /** The consent page, and the attempt that it belongs to. */
  readonly url?: string;
  readonly attempt?: string;
}

const FORM = [
  ...["generation", "baseurl", "userid", "publickey", "callsperminute"],
  ...["clientid", "clientsecret", "redirecturl"],
] as const;

/** Asks the runtime, with the form as it stands. Never rejects. */
export function callService(
  action: "test" | "users" | "authorize" | "signout",
  more: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const form = Object.fromEntries(FORM.map((name) => [name, $(`#node-config-input-${name}`).val()]));
  return post(`withings-account/${action}`, { ...form, ...more });
}

/** Sends JSON to a route of ours. Relative, so that the editor adds its token and root. Never rejects. */
export async function post(path: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  const settings = { type: "POST", contentType: "application/json", data: JSON.stringify(body) };
  try {
    return (await $.ajax(path, settings)) as Answer;
  } catch (error) {
    const status = (error as { readonly status?: number }).status;
    const code = status === 401 || status === 403 ? "forbidden" : "no_answer";
    return { ok: false, problem: { code, message: "", remedy: "" } };
  }
}

/** In the user's language where the catalogue knows the error, else in the runtime's words. */
export function wordsFor(node: EditorNode, { problem }: Answer): string {
  if (problem === undefined) return "";
  const key = `problem.${problem.code}`;
  const known = node._(key);
  return known === key ? `${problem.message}. ${problem.remedy}` : known;
}

export const nameOf = ({ first_name, last_name, userid }: FoundUser): string =>
  [first_name, last_name].filter(Boolean).join(" ") || userid;
