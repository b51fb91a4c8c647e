import { checkCallbackUrl, type Generation } from "@weighbridge/core";
import { callbackUrlOf, isPrivateHost, rulesFor } from "../shared/callback-address.ts";
import type { EditorNode } from "./red.ts";
import { words } from "./words.ts";

/** The address at which this page's Node-RED serves its HTTP nodes, as far as a browser can know. */
export function addressOfThisPage(): string {
  const root = RED.settings.httpNodeRoot ?? "/";
  return `${location.origin}${root}`.replace(/\/+$/, "");
}

/** Core's words about a callback URL that the API would refuse, and the key of ours in every language. */
const RULES = {
  whole: /^is not a URL/,
  protocol: /^must start with/,
  long: /^has \d+ characters/,
  login: /user name/,
  fragment: /after #/,
  port: /^must use port/,
  host: /host name/,
} as const;

/** The API of an account, as its form has it. */
export interface ApiOfAccount {
  readonly generation: unknown;
  readonly baseurl: unknown;
}

export function apiOf(accountId: unknown): ApiOfAccount {
  const account = RED.nodes.node(String(accountId ?? ""));
  return { generation: account?.["generation"], baseurl: account?.["baseurl"] };
}

/** Why this API would refuse the URL, in the user's language; undefined where it would not. */
export function refusalOf(node: EditorNode, url: string, { generation, baseurl }: ApiOfAccount): string | undefined {
  const rules = rulesFor((generation || "wbs") as Generation, String(baseurl ?? ""));
  const reason = checkCallbackUrl(rules, url);
  if (reason === undefined) return undefined;
  const rule = Object.entries(RULES).find(([, pattern]) => pattern.test(reason))?.[0];
  return words(node, "url.refused", { reason: rule === undefined ? reason : words(node, `rule.${rule}`) });
}

/** Whether notifications to the URL have no way through the internet. */
export const isUnreachable = (url: string): boolean => isPrivateHost(URL.parse(url)?.hostname ?? "");

export { callbackUrlOf };
