import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import * as z from "zod";
import { UnexpectedResponseError } from "../../src/errors.ts";
import { Application } from "../../src/http/application.ts";
import { checkedBaseUrl } from "../../src/http/base-url.ts";
import type { Dialect, Envelope } from "../../src/http/dialect.ts";
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

  readEnvelope(json: unknown, httpStatus: number): Envelope | undefined {
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

test("PUB-REST-5: what the service says of a failure reaches the dialect without its secrets", async () => {
  const said: unknown[] = [];
  class Telling extends Bearer {
    override readEnvelope() {
      return { status: 503, error: 'invalid refresh_token: {"refresh_token":"new-secret"} for token-0' };
    }
    override failureOf(envelope: { status: number; error?: string }) {
      said.push(envelope.error);
      return super.failureOf(envelope);
    }
  }
  const telling = Object.assign(new Telling("29"), { secrets: ["refresh_token"] });
  const { transport } = await setUp("Bearer token-0");
  await caught(transport(telling).send(call, {}));
  expect(said).toEqual(['invalid refresh_token: {"refresh_token":"[hidden]"} for [hidden]']);
});

test("PUB-AUTH-6: an answer that is not the API's shows none of the secrets that it names", async () => {
  const server = await startApiServer(() => JSON.stringify({ access_token: "fresh-1", refresh_token: "fresh-2" }));
  const clock = new JumpingClock();
  const dialect = Object.assign(new Bearer("29"), { secrets: ["access_token", "refresh_token"] });
  const transport = new Transport({
    ...{ baseUrl: new URL(server.url), method: "POST", fetch, userAgent: "test", clock, dialect },
    ...{ application: new Application({ clock }), random: () => 1, timeoutMs: 15_000, deadlineMs: 60_000, retries: 0 },
  });
  const error = await caught(transport.send(call, {}));
  expect(error).toMatchObject({ code: "unexpected_response" });
  expect(error.message).not.toContain("fresh-");
});

test.each([
  [undefined, 60_000],
  ["5", 60_000],
  ["240", 240_000],
  ["9999999", 3_600_000],
  ["Wed, 21 Oct 2026 07:28:00 GMT", 60_000],
])("PUB-REST-8: HTTP 429 with Retry-After %s pauses the application for %d ms", async (header, pauseMs) => {
  const server = await startApiServer(() => (response: ServerResponse) => {
    response.writeHead(429, header === undefined ? {} : { "retry-after": header });
    response.end("<h1>Too many</h1>");
  });
  const clock = new JumpingClock();
  const transport = new Transport({
    ...{ baseUrl: new URL(server.url), method: "POST", fetch, userAgent: "test", clock, dialect: new Bearer("29") },
    ...{ application: new Application({ clock }), random: () => 1, timeoutMs: 15_000, deadlineMs: 60_000, retries: 3 },
  });
  const error = await caught(transport.send(call, { lastupdate: "1" }));
  expect(error).toMatchObject({ code: "too_many_requests", actor: "service", retryAfterMs: pauseMs });
  expect(server.calls).toHaveLength(1);
  const next = await caught(transport.send(call, { lastupdate: "2" }));
  if (pauseMs > 60_000) expect(next).toMatchObject({ name: "PostponedError", retryAfterMs: pauseMs });
  else expect(clock.waits).toEqual([60_000]);
});

test("PUB-REST-6: a plain http base URL is refused where calls carry tokens, but for this machine", () => {
  const rules = { mustEncrypt: true };
  for (const local of ["http://127.0.0.1:8470/", "http://localhost:1", "http://[::1]:2/x"])
    expect(checkedBaseUrl(local, rules).href).toMatch(/\/$/);
  for (const open of ["http://wbsapi.withings.net/", "http://127.0.0.1.evil.example/", "http://192.168.1.2/"])
    expect(() => checkedBaseUrl(open, rules)).toThrow(/unencrypted/);
});
