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
