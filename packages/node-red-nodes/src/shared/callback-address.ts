import type { Generation } from "@weighbridge/core";

/** Below Node-RED's own root for HTTP nodes. */
export const CALLBACK_PATH = "/withings";

/** The consent page leads the browser back to it. No secret of a callback is so short. */
export const REDIRECT_PATH = `${CALLBACK_PATH}/oauth`;

/** 132 bits, in characters that need no escaping. */
export const SECRET_CHARACTERS = 22;

/** The URL that the API calls: a public address of Node-RED's HTTP nodes, and the secret of one account. */
export const callbackUrlOf = (publicUrl: string, secret: string): string =>
  `${publicUrl.trim().replace(/\/+$/, "")}${CALLBACK_PATH}/${secret}`;

/** The secret of a callback URL at this public address; undefined where it is another program's. */
export function secretAt(publicUrl: string, callbackUrl: string): string | undefined {
  const base = callbackUrlOf(publicUrl, "");
  const secret = callbackUrl.startsWith(base) ? callbackUrl.slice(base.length) : "";
  return secret.length === SECRET_CHARACTERS && /^[\w-]+$/.test(secret) ? secret : undefined;
}

/**
 * The generation whose rules hold for a callback URL of an account. A server on this machine calls back on this machine, so that today's rules
 * hold not; over http the client speaks to no other one.
 */
export const rulesFor = (generation: Generation, baseUrl: string): Generation =>
  generation === "public" && URL.parse(baseUrl)?.protocol === "http:" ? "wbs" : generation;

const PRIVATE_NAMES = /(^|\.)(localhost|local|lan|home|internal|home\.arpa)$/i;

/** Whether the internet can have no way to this host. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host.includes(":")) return host === "::1" || host === "::" || /^(f[cd]|fe[89ab])/.test(host);
  const parts = host.split(".");
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part))) return isPrivateAddress(parts.map(Number));
  return PRIVATE_NAMES.test(host) || !host.includes(".");
}

function isPrivateAddress([a = 0, b = 0]: readonly number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168)
  );
}
