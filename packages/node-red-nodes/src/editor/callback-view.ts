import { checkCallbackUrl, type Generation } from "@weighbridge/core";
import { callbackUrlOf, isPrivateHost } from "../shared/callback-address.ts";

/** Where this page's Node-RED serves its HTTP nodes, as far as a browser can know. */
export function addressOfThisPage(): string {
  const root = RED.settings.httpNodeRoot ?? "/";
  return `${location.origin}${root}`.replace(/\/+$/, "");
}

export type UrlFault = { readonly key: "url.refused"; readonly reason: string } | { readonly key: "url.private" };

/** What speaks against a public address: rules of the account's API, and hosts that the internet cannot reach. */
export function faultOf(publicUrl: string, secret: string, generation: unknown): UrlFault | undefined {
  const url = callbackUrlOf(publicUrl, secret);
  const reason = checkCallbackUrl((generation || "wbs") as Generation, url);
  if (reason !== undefined) return { key: "url.refused", reason };
  const host = URL.parse(url)?.hostname ?? "";
  return isPrivateHost(host) ? { key: "url.private" } : undefined;
}

export { callbackUrlOf };
