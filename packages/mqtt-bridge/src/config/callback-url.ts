import { checkCallbackUrl } from "@weighbridge/core";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

/** Characters of the secret part of the path: 128 bits in base64url. */
const SECRET_CHARACTERS = 22;

/** The URL to subscribe with: the public one with the secret. Undefined without a public one. */
export function fullCallbackUrl({ callback }: Config, secret: string): string | undefined {
  return callback.public_url === undefined ? undefined : `${callback.public_url.replace(/\/+$/, "")}/${secret}`;
}

/** Reasons for which the API would refuse the URL. Every secret has the same length, so any will do here. */
export function callbackProblem(config: Config): Problem[] {
  const url = fullCallbackUrl(config, "x".repeat(SECRET_CHARACTERS));
  if (url === undefined) return [];
  const reason = url.includes("?")
    ? "must not have a part after ?"
    : checkCallbackUrl(config.api.generation, url)?.replace(" characters,", " characters with its secret path,");
  return reason === undefined ? [] : [{ path: ["callback", "public_url"], words: reason }];
}
