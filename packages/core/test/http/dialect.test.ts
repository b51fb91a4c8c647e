import { expect, test } from "vitest";
import * as z from "zod";
import { UnexpectedResponseError } from "../../src/errors.ts";
import { Application } from "../../src/http/application.ts";
import type { Dialect } from "../../src/http/dialect.ts";
import { Transport } from "../../src/http/transport.ts";
import { startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const call = { service: "measure", action: "getmeas", request: z.looseObject({}), isRepeatable: true };

/** A generation that names the person in a header, and refuses an old token with HTTP 401. */
class Bearer implements Dialect {
  readonly secrets = [];
  readonly caller: string;
  refreshes = 0;

  constructor(caller: string) {
    this.caller = caller;
  }

  readEnvelope(json: unknown, httpStatus: number) {
    const { status, body } = (json ?? {}) as { status?: number; body?: unknown };
    return status === undefined && httpStatus !== 401 ? undefined : { status: status ?? httpStatus, body };
  }

  failureOf({ status }: { status: number }) {
    const error = new UnexpectedResponseError(`status ${status}`, { code: "unexpected_response", remedy: "Wait." });
    return { error, repeat: "never", isUnauthorized: status === 401 } as const;
  }

  async authorize() {
    return { authorization: `Bearer token-${this.refreshes}` };
  }

  async refresh() {
    this.refreshes++;
  }
}

async function setUp(accepted: string) {
  const server = await startApiServer(({ headers }) =>
    headers.authorization === accepted ? { status: 0, body: 1 } : { status: 401 },
  );
  const clock = new JumpingClock();
  const application = new Application({ clock });
  const transport = (dialect: Dialect) =>
    new Transport({
      ...{ baseUrl: new URL(server.url), method: "POST", fetch, userAgent: "test", application, clock, dialect },
      ...{ random: () => 1, timeoutMs: 15_000, deadlineMs: 60_000, retries: 0 },
    });
  return { server, clock, transport };
}

test("an authorization that ended is renewed, and the call sent once more without a wait", async () => {
  const { server, clock, transport } = await setUp("Bearer token-1");
  const dialect = new Bearer("29");
  expect(await transport(dialect).send(call, { lastupdate: "7" })).toBe(1);
  expect(dialect.refreshes).toBe(1);
  expect(server.calls).toHaveLength(2);
  expect(clock.waits).toEqual([]);
});

test("a second refusal is final", async () => {
  const { server, transport } = await setUp("Bearer never");
  expect(await caught(transport(new Bearer("29")).send(call, {}))).toMatchObject({ message: "status 401" });
  expect(server.calls).toHaveLength(2);
});

test("equal parameters of two callers are two calls", async () => {
  const { clock, transport } = await setUp("Bearer token-0");
  for (const caller of ["29", "30"]) await transport(new Bearer(caller)).send(call, { lastupdate: "7" });
  expect(clock.waits).toEqual([]);
});

test("no error shows the token, with or without its first word", async () => {
  const server = await startApiServer(
    ({ headers }) => `<p>${headers.authorization} ${headers.authorization?.slice(7)}`,
  );
  const clock = new JumpingClock();
  const transport = new Transport({
    ...{ baseUrl: new URL(server.url), method: "POST", fetch, userAgent: "test", clock, dialect: new Bearer("29") },
    ...{ application: new Application({ clock }), random: () => 1, timeoutMs: 15_000, deadlineMs: 60_000, retries: 0 },
  });
  expect((await caught(transport.send(call, {}))).message).not.toContain("token-0");
});
