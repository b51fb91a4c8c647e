import type { Generation } from "../domain/generation.ts";

interface Rules {
  readonly longest: number;
  readonly protocols: readonly string[];
  /** Undefined: any. */
  readonly ports?: readonly string[];
  readonly nameOnly: boolean;
}

/** Rules of each generation for a callback URL. */
const RULES: Readonly<Record<Generation, Rules>> = {
  wbs: { longest: 128, protocols: ["http:", "https:"], nameOnly: false },
  // The port is empty where it is the protocol's own.
  public: { longest: 255, protocols: ["https:"], ports: ["", "80", "443"], nameOnly: true },
};

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/;

/** Why the API would refuse this callback URL, with the remedy; undefined where it would not. */
export function checkCallbackUrl(generation: Generation, url: string): string | undefined {
  const { longest, protocols, ports, nameOnly } = RULES[generation];
  const parsed = URL.parse(url);
  if (parsed === null) return "is not a URL: give it whole, such as http://home.example.org:8480";
  if (!protocols.includes(parsed.protocol))
    return `must start with ${protocols.map((name) => `${name}//`).join(" or ")}`;
  if (url.length > longest)
    return `has ${url.length} characters, the API takes ${longest}: use a shorter host name or path`;
  if (parsed.username || parsed.password) return "must not hold a user name or a password";
  if (parsed.hash) return "must not have a part after #";
  if (ports && !ports.includes(parsed.port)) return "must use port 443 or 80: put a reverse proxy before it";
  if (nameOnly && (ADDRESS.test(parsed.hostname) || parsed.hostname === "localhost"))
    return "must have a public host name, not an address";
  return undefined;
}
