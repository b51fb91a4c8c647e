import type { Client } from "pg";
import { LIMITS } from "../../limits.ts";
import type { Lease, LeaseBoard, LeaseView } from "../leases.ts";

const TTL = `${LIMITS.leaseMs} milliseconds`;

/** Leases as rows. `clock_timestamp` is the server's clock now; `now` would be that of the transaction's begin. */
const SQL = {
  here: `INSERT INTO weighbridge.replicas (name, seen_at) VALUES ($1, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at`,
  renew: `UPDATE weighbridge.shards SET expires_at = clock_timestamp() + $4::interval
    WHERE owner = $1 AND expires_at > clock_timestamp()
    AND (id, epoch) IN (SELECT * FROM unnest($2::int[], $3::bigint[])) RETURNING id, epoch`,
  count: `SELECT (SELECT count(*) FROM weighbridge.shards) AS shards,
    (SELECT count(*) FROM weighbridge.replicas WHERE seen_at > clock_timestamp() - $1::interval) AS replicas`,
  // Rows that another replica is taking just now are left to it.
  take: `UPDATE weighbridge.shards SET owner = $1, epoch = epoch + 1, expires_at = clock_timestamp() + $3::interval
    WHERE id IN (SELECT id FROM weighbridge.shards WHERE expires_at <= clock_timestamp() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id, epoch`,
  giveBack: `UPDATE weighbridge.shards SET owner = NULL, expires_at = '-infinity'
    WHERE owner = $1 AND (id, epoch) IN (SELECT * FROM unnest($2::int[], $3::bigint[]))`,
  leave: "DELETE FROM weighbridge.replicas WHERE name = $1",
} as const;

/** Leases of the replica of this name, which no other one may have. */
export class PostgresLeases implements LeaseBoard {
  readonly #client: Pick<Client, "query">;
  readonly #name: string;

  constructor(client: Pick<Client, "query">, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async renew(held: readonly Lease[]): Promise<LeaseView> {
    await this.#client.query(SQL.here, [this.#name]);
    const { rows: renewed } = await this.#client.query(SQL.renew, [this.#name, ...columns(held), TTL]);
    const { rows: counted } = await this.#client.query(SQL.count, [TTL]);
    const { shards, replicas } = counted[0] as { shards: number; replicas: number };
    return { held: renewed.map(leaseOf), shards, replicas };
  }

  async take(count: number): Promise<readonly Lease[]> {
    const { rows } = await this.#client.query(SQL.take, [this.#name, count, TTL]);
    return rows.map(leaseOf);
  }

  async giveBack(leases: readonly Lease[]): Promise<void> {
    await this.#client.query(SQL.giveBack, [this.#name, ...columns(leases)]);
  }

  async leave(): Promise<void> {
    await this.#client.query(SQL.leave, [this.#name]);
  }
}

const leaseOf = ({ id, epoch }: Record<string, number>): Lease => ({ shard: id as number, epoch: epoch as number });

const columns = (leases: readonly Lease[]) => [leases.map(({ shard }) => shard), leases.map(({ epoch }) => epoch)];
