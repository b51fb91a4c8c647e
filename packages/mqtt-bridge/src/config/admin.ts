import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

/** Whether a host name or address is this machine's own. */
export const isLoopbackName = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);

/** Whoever reaches the private side reads everybody's weight: from other machines only with a token, or through Home Assistant. */
export function adminProblems({ admin }: Pick<Config, "admin">): Problem[] {
  const { enabled, host, token, ingress } = admin;
  if (!enabled || isLoopbackName(host) || token !== undefined || ingress) return [];
  const words = `other machines reach ${host}, so admin.token is needed as well: set it, or admin.token_file, or listen on 127.0.0.1`;
  return [{ path: ["admin", "host"], words }];
}

/** Addresses that stand for every one of the machine: nobody can open them. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Where people of the household can open the status page; undefined where only this machine can, or nobody knows under which address. */
export function pageUrlOf({ admin }: Pick<Config, "admin">): string | undefined {
  const { enabled, url, host, port } = admin;
  if (!enabled || url !== undefined) return enabled ? url : undefined;
  if (isLoopbackName(host) || ANY_ADDRESS.has(host) || port === 0) return undefined;
  return httpUrlOf(host, port);
}

export const httpUrlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
