import { readFileSync } from "node:fs";
import { contentOf, HOLDS_NO_CERTIFICATE, parseCertificate } from "./broker-login.ts";
import type { Problem } from "./problems.ts";
import { type Config, isLoopback, SQLITE } from "./schema.ts";

/** A PostgreSQL database of the configuration, and how it is reached. */
export interface DatabaseConfig {
  /** A name or an address; a path is the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly tls: false | { readonly isVerified: boolean; readonly ca?: string };
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

type Stored = Pick<Config, "store" | "postgres">;

const EXAMPLE = "postgres://user@host/database";
const PORT = 5432;
const SSL_MODES = ["disable", "require", "verify-full"] as const;
type SslMode = (typeof SSL_MODES)[number];

/** Parameters of the URL: those of every client of PostgreSQL that have a meaning here. */
const PARAMETERS: ReadonlySet<string> = new Set(["host", "sslmode"]);

/** Problems of `store` and `postgres`. No words quote the URL: it may hold a password. */
export function databaseProblems({ store, postgres }: Stored): Problem[] {
  if (store === SQLITE) return [];
  const words = storeProblem(store);
  const { ca_file: file } = postgres;
  const unfit = file === undefined ? undefined : authorityProblem(file);
  return [
    ...(words === undefined ? [] : [{ path: ["store"], words }]),
    ...(unfit === undefined ? [] : [{ path: ["postgres", "ca_file"], words: unfit }]),
  ];
}

function storeProblem(store: string): string | undefined {
  const url = URL.parse(store);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return `must be ${SQLITE}, or a URL such as ${EXAMPLE}`;
  for (const name of url.searchParams.keys())
    if (!PARAMETERS.has(name)) return `has a parameter that is not known here; take all out but sslmode and host`;
  const socket = url.searchParams.get("host");
  if (socket !== null && !socket.startsWith("/"))
    return "may name a host behind the ? only as the directory of a Unix socket";
  if (url.hostname === "" && socket === null) return `names no host; it must look like ${EXAMPLE}`;
  if (decoded(url.username) === "") return `names no user; it must look like ${EXAMPLE}`;
  if (decoded(url.pathname.slice(1)) === "") return `names no database; it must look like ${EXAMPLE}`;
  if (decoded(url.password) === undefined) return "has a % in its password that begins no code: write %25";
  const mode = url.searchParams.get("sslmode");
  if (mode !== null && !isSslMode(mode)) return `must have sslmode=${SSL_MODES.join(", sslmode=")} or none`;
  return undefined;
}

const isSslMode = (text: string): text is SslMode => (SSL_MODES as readonly string[]).includes(text);

/** Undefined where a % begins no code. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function authorityProblem(file: string): string | undefined {
  const content = contentOf(file);
  if (typeof content === "string") return content;
  try {
    parseCertificate(content);
    return undefined;
  } catch {
    return `the file ${HOLDS_NO_CERTIFICATE}`;
  }
}

/** The database that a configuration without problems names; undefined for SQLite. */
export function databaseOf({ store, postgres }: Stored): DatabaseConfig | undefined {
  if (store === SQLITE) return undefined;
  const url = new URL(store);
  const host = url.searchParams.get("host") ?? url.hostname.replace(/^\[|\]$/g, "");
  const password = decoded(url.password) || postgres.password;
  return {
    host,
    port: url.port === "" ? PORT : Number(url.port),
    user: decoded(url.username) ?? "",
    ...(password !== undefined && { password }),
    database: decoded(url.pathname.slice(1)) ?? "",
    tls: tlsOf(url.searchParams.get("sslmode"), isNear(host), postgres.ca_file),
    poolSize: postgres.pool_size,
    statementTimeoutMs: postgres.statement_timeout_s * 1000,
  };
}

/** A connection within this machine needs no TLS. */
const isNear = (host: string): boolean =>
  host.startsWith("/") || isLoopback(`http://${host.includes(":") ? `[${host}]` : host}`);

/** Without a word of the URL TLS is on, and the certificate is checked, wherever somebody could listen. */
function tlsOf(mode: string | null, isHere: boolean, caFile: string | undefined): DatabaseConfig["tls"] {
  if (mode === "disable" || (mode === null && isHere)) return false;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, "utf8") };
  return { isVerified: mode !== "require", ...ca };
}
