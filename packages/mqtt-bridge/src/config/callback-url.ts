import { checkCallbackUrl } from "@weighbridge/core";
import { ConfigError } from "../errors.ts";
import type { Config } from "./schema.ts";

/** The URL that the API is given: the public one with the secret. Undefined where none is set. Throws a ConfigError. */
export function fullCallbackUrl({ api, callback }: Config, secret: string): string | undefined {
  if (callback.public_url === undefined) return undefined;
  const url = `${callback.public_url.replace(/\/+$/, "")}/${secret}`;
  const reason = checkCallbackUrl(api.generation, url);
  if (reason === undefined) return url;
  throw new ConfigError(`callback.public_url ${reason}`, {
    code: "callback_url",
    remedy: `Set callback.public_url to a URL under which the API reaches this machine; ${secret.length + 1} characters are added to it.`,
  });
}
