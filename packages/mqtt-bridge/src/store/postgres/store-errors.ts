import { StoreError } from "../../errors.ts";
import type { PostgresTarget } from "./connections.ts";
import { FENCED } from "./statements.ts";

export type Place = Pick<PostgresTarget, "host" | "port" | "database">;

/** The database in words, without its user and password. */
export const placeOf = ({ host, port, database }: Place): string => `${database} at ${host}:${port}`;

/** Remedies by SQLSTATE, and by code of Node. */
const REMEDIES: Readonly<Record<string, string>> = {
  "28P01": "Correct the password in store, or in postgres.password_file.",
  "28000": "Allow the user of store in pg_hba.conf, and check whether the server asks for TLS.",
  "3D000": "Create the database, owned by the user of store: CREATE DATABASE weighbridge OWNER weighbridge.",
  "42501": "Let the user of store own the database, or grant it CREATE there: the tables are in a schema of their own.",
  "53100": "Make room on the server's disk, then start again: what was acknowledged is on disk.",
  "53300": "Raise the server's max_connections, or lower postgres.pool_size.",
  "25006": "Point store at the server that takes writes: this one is a standby, or read-only.",
  ECONNREFUSED: "Start the server, or correct host and port in store.",
  ENOTFOUND: "Correct the host in store.",
  ENOENT: "Correct the directory of the Unix socket in store, or start the server.",
};

const NO_TLS =
  "Switch TLS on at the server; on a network that nobody else can listen to, add ?sslmode=disable to store.";
const OWN_AUTHORITY =
  "Give postgres.ca_file, the authority that signed the server's certificate, and the host name that the certificate has.";
const GENERAL =
  "Look at the server and its log, then start again: what was acknowledged is on its disk, and nothing of it is lost.";

/** Meaning of an error of the server, or of the connection to it, with the remedy. */
export function storeError(target: Place, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  if (code === FENCED)
    return new StoreError(`Another bridge has taken the database ${placeOf(target)} over`, {
      code: "state_locked",
      remedy:
        "Stop one of the two. Reach the server directly, or through a pooler in session mode: its lock keeps a second bridge out.",
      cause,
    });
  return new StoreError(`The database ${placeOf(target)} cannot be used: ${message || code || String(cause)}`, {
    code: "state_unusable",
    remedy: remedyOf(code ?? "", message ?? ""),
    cause,
  });
}

function remedyOf(code: string, message: string): string {
  if (message.includes("does not support SSL")) return NO_TLS;
  if (/CERT|SIGNATURE|SELF_SIGNED|ALTNAME/.test(code)) return OWN_AUTHORITY;
  return REMEDIES[code] ?? GENERAL;
}
