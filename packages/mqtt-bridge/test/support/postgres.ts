import type { Clock } from "@weighbridge/core/clock";
import { ManualClock } from "@weighbridge/core/testing";
import { hasPostgres, Postgres } from "@weighbridge/testing";
import { afterAll, beforeAll, describe } from "vitest";
import type { PostgresTarget } from "../../src/store/postgres/connections.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { closedOnce, START } from "./open-store.ts";

/** One server for a suite. Without one on this machine the suite is skipped, with the reason in its name; where nothing may be missing it fails. */
export function describeWithPostgres(
  suite: (server: () => Postgres) => void,
  options: Parameters<typeof Postgres.start>[0] = {},
): void {
  if (!hasPostgres() && process.env["CI"]) throw new Error("PostgreSQL is not installed: run e2e/install/install.sh");
  const name = hasPostgres() ? "with PostgreSQL" : "skipped: PostgreSQL is not installed (apt install postgresql)";
  describe.skipIf(!hasPostgres())(name, () => {
    let server: Postgres;
    beforeAll(async () => {
      server = await Postgres.start(options);
    }, 120_000);
    afterAll(() => server?.remove());
    suite(() => server);
  });
}

export const targetOf = (server: Postgres, database: string, more: Partial<PostgresTarget> = {}): PostgresTarget => ({
  ...{ host: "127.0.0.1", port: server.port, user: "weighbridge", password: server.password, database },
  ...{ tls: false, poolSize: 2, statementTimeoutMs: 10_000 },
  ...more,
});

/** The store of a database, until the test is over or it is closed. Failures are kept, since a process would end. */
export async function openPostgres<C extends Clock = ManualClock>(
  target: PostgresTarget,
  clock: C = new ManualClock(START * 1000) as Clock as C,
) {
  const failures: unknown[] = [];
  const warnings: string[] = [];
  const store = await openPostgresStore({
    target,
    clock,
    onFailure: (error) => failures.push(error),
    onWarning: (words) => warnings.push(words),
  });
  return { store: closedOnce(store), failures, warnings, clock };
}
