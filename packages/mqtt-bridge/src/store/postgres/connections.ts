import { hostname } from "node:os";
// The field's choice, all in JavaScript: connections, a pool, prepared statements, TLS.
import { Client, type ClientBase, type ClientConfig, Pool, types } from "pg";
import { LIMITS } from "../../limits.ts";

/** A database, and how it is reached. */
export interface PostgresTarget {
  /** A name or an address; a path is the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Without one, the client looks where every client of PostgreSQL does: PGPASSWORD, ~/.pgpass. */
  readonly password?: string;
  readonly database: string;
  /** False: without TLS. */
  readonly tls: false | { readonly isVerified: boolean; readonly ca?: string };
  /** Connections that read; one more writes. */
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

const INT8 = types.builtins.INT8;

/** Ids and times are whole numbers far below 2^53. */
const numbers: ClientConfig["types"] = {
  getTypeParser: ((oid: number, format?: "text") =>
    oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

function configOf(target: PostgresTarget): ClientConfig {
  const { host, port, user, password, database, tls, statementTimeoutMs } = target;
  return {
    ...{ host, port, user, database, types: numbers },
    ...(password !== undefined && { password }),
    ssl: tls && {
      rejectUnauthorized: tls.isVerified || tls.ca !== undefined,
      ...(tls.ca !== undefined && { ca: tls.ca }),
      // `require` with an authority of one's own checks the certificate, not its name.
      ...(!tls.isVerified && { checkServerIdentity: () => undefined }),
    },
    application_name: holderName(),
    connectionTimeoutMillis: LIMITS.databaseConnectMs,
    keepAlive: true,
    // The server ends a slow statement; this ends the wait for a server that says nothing any more.
    query_timeout: statementTimeoutMs + LIMITS.databaseSilenceMs,
  };
}

/** Shown to operators in `pg_stat_activity`, and to a second bridge that is refused. */
const holderName = () => `weighbridge on ${hostname()}, process ${process.pid}`.slice(0, 63);

/** Connects for writing. Its queries are sent at once and answered in order. */
export async function connectWriter(target: PostgresTarget): Promise<Client> {
  const client = new Client({ ...configOf(target), pipeline: true });
  // Until the store listens itself: an error without a listener ends the process. A failed connection rejects as well.
  client.on("error", () => {});
  try {
    await client.connect();
    await prepareSession(client, target);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

export function makePool(target: PostgresTarget): Pool {
  const pool = new Pool({
    ...configOf(target),
    max: target.poolSize,
    onConnect: (client) => prepareSession(client, target) as unknown as undefined,
  });
  // An idle connection that ends is replaced when it is needed.
  pool.on("error", () => {});
  return pool;
}

/** By statements, since poolers refuse such settings at the start of a connection. */
async function prepareSession(client: ClientBase, { statementTimeoutMs }: PostgresTarget): Promise<void> {
  await client.query({
    text: `SELECT set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
      set_config('tcp_keepalives_idle', $2, false), set_config('tcp_keepalives_interval', $3, false),
      set_config('tcp_keepalives_count', $4, false),
      set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`,
    values: [`${statementTimeoutMs}`, ...KEEPALIVE.map(String)],
  });
}

/** Idle seconds, seconds between two probes, probes: the server gives a machine up that vanished after 25 s, and so lets another bridge in. */
const KEEPALIVE = [10, 5, 3];
