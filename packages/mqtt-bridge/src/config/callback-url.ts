import { checkCallbackUrl } from "@weighbridge/core";
import { accountsOf } from "./accounts.ts";
import type { Problem } from "./problems.ts";
import { type AccountConfig, type Config, isLoopback } from "./schema.ts";

/** Characters of the secret part of the path: 128 bits in base64url. */
const SECRET_CHARACTERS = 22;

/** The URL to subscribe with: the public one with the secret, or the exact one. Undefined without either. */
export function fullCallbackUrl({ callback }: Config, secret: string): string | undefined {
  return callback.exact_url ?? (callback.public_url && `${callback.public_url.replace(/\/+$/, "")}/${secret}`);
}

/** Reasons for which an API of the configuration would refuse the URL. Every secret has the same length, so any will do here. */
export function callbackProblem(config: Config): Problem[] {
  const { public_url: publicUrl, exact_url: exactUrl } = config.callback;
  const key = exactUrl === undefined ? "public_url" : "exact_url";
  if (publicUrl !== undefined && exactUrl !== undefined)
    return [{ path: ["callback", key], words: "public_url is set as well; keep one of the two" }];
  const url = fullCallbackUrl(config, "x".repeat(SECRET_CHARACTERS));
  if (url === undefined) return [];
  const reasons = accountsOf(config).map((account) => refusalOf(account, url, exactUrl === undefined));
  const reason = reasons.find((one) => one !== undefined);
  return reason === undefined ? [] : [{ path: ["callback", key], words: reason }];
}

function refusalOf({ generation, base_url }: AccountConfig, url: string, hasSecretPath: boolean): string | undefined {
  if (hasSecretPath && url.includes("?")) return "must not have a part after ?";
  // A server on this machine calls back on this machine.
  const reason = checkCallbackUrl(generation === "public" && isLoopback(base_url) ? "wbs" : generation, url);
  return hasSecretPath ? reason?.replace(" characters,", " characters with its secret path,") : reason;
}
