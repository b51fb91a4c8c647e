import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { excerpt, redactor } from "../../src/http/redact.ts";
import { createWbsClient, type WbsClient } from "../../src/wbs/client.ts";
import { type Answer, type ReceivedCall, startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const publicKey = "b71d95ce5c1d4f23";
const email = "ada+scale@example.com";
const password = "korrekt horse";
const secretPath = "Zm9vYmFyYmF6cXV4";
const subscription = {
  userId: 29,
  publicKey,
  callbackUrl: `http://home.example/hook/${secretPath}?x=1&y=2`,
  comment: "Weighbridge",
};

const calls: readonly [string, (client: WbsClient) => Promise<unknown>][] = [
  ["measure/getmeas", (client) => client.measure.getMeas({ userId: 29, publicKey })],
  ["user/getbyuserid", (client) => client.user.getById({ userId: 29, publicKey })],
  ["notify/subscribe", (client) => client.notify.subscribe(subscription)],
  ["account/getuserslist", (client) => client.account.getUsersList({ email, password })],
];

const echoed = (call: ReceivedCall) => `${call.url}\n${call.body}\n${JSON.stringify(call.parameters)}`;
const misbehaviours: readonly [string, (call: ReceivedCall) => Answer][] = [
  ["a page that repeats the request", (call) => `<html><pre>${echoed(call)}</pre></html>`],
  ["JSON that repeats the request", (call) => ({ problem: echoed(call) })],
  [
    "a body that repeats the request",
    (call) => ({ status: 0, body: { users: echoed(call), measuregrps: echoed(call) } }),
  ],
  ["a status with an error text", (call) => ({ status: 250, error: echoed(call) })],
  [
    "a redirect that repeats the request",
    (call) => (response: ServerResponse) =>
      void response.writeHead(302, { location: `http://else.example/?${encodeURIComponent(call.body)}` }).end(),
  ],
  ["a lost connection", () => (response: ServerResponse) => void response.destroy()],
];

/** Everything that a logger could find in an error. */
const everything = (error: Error) =>
  `${inspect(error, { depth: 12, showHidden: true })} ${error.stack} ${JSON.stringify(error)}`;

function expectNoSecret(error: Error, hashes: readonly string[]) {
  const text = everything(error).toLowerCase();
  for (const secret of [publicKey, email, encodeURIComponent(email), password, secretPath, ...hashes])
    expect(text).not.toContain(secret.toLowerCase());
}

describe.each(["GET", "POST"] as const)("by %s", (method) => {
  describe.each(misbehaviours)("after %s", (_, answer) => {
    test.each(calls)("WBS-ACCT-1: the error of %s holds no secret", async (__, call) => {
      const server = await startApiServer((received) =>
        received.service === "once" ? { status: 0, body: { once: "4a8947d9-25e849fd" } } : answer(received),
      );
      const client = createWbsClient({ baseUrl: server.url, method, clock: new JumpingClock(), retries: 0 });
      const outcome = await call(client).then(
        () => undefined,
        (error: Error) => error,
      );
      const hashes = server.calls.flatMap(({ parameters }) => parameters["hash"] ?? []);
      if (outcome) expectNoSecret(outcome, hashes);
      else expect(answer).toBe(misbehaviours[2]?.[1]);
    });
  });
});

test("WBS-ACCT-1: what fetch itself throws is copied without its secrets", async () => {
  const failing: typeof fetch = (input, init) => {
    const inner = Object.assign(new Error(`bad request ${input} ${init?.body}`), {
      code: "UND_ERR_SOCKET",
      request: init,
    });
    return Promise.reject(new TypeError(`fetch failed for ${input}`, { cause: inner }));
  };
  const client = createWbsClient({ method: "GET", fetch: failing, clock: new JumpingClock(), retries: 0 });
  const error = await caught(client.notify.subscribe(subscription));
  expectNoSecret(error, []);
  expect(error.cause).toMatchObject({ name: "TypeError", cause: { code: "UND_ERR_SOCKET" } });
  expect(error.message).toContain("(UND_ERR_SOCKET)");
});

test("WBS-ACCT-1: the password itself is never sent", async () => {
  const server = await startApiServer(({ service }) => ({
    status: 0,
    body: service === "once" ? { once: "4a8947d9-25e849fd" } : { users: [] },
  }));
  await createWbsClient({ baseUrl: server.url }).account.getUsersList({ email, password });
  expect(server.calls.map(({ service }) => service)).toEqual(["once", "account"]);
  expect(server.calls.map(echoed).join()).not.toContain(password);
  expect(new Set(Object.keys(server.calls[1]?.parameters ?? {}))).toEqual(new Set(["action", "email", "hash"]));
});

test("a secret is found in every spelling", () => {
  const secret = fc.string({ minLength: 8, maxLength: 40 }).filter((text) => text.trim().length > 7);
  fc.assert(
    fc.property(secret, (text) => {
      const redact = redactor([text]);
      for (const spelled of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
        expect(redact(`before ${spelled} after`)).not.toContain(spelled);
    }),
  );
});

test("an excerpt that cuts through a secret does not show half of it", () => {
  const redact = redactor([publicKey]);
  for (let blanks = 11_980; blanks <= 12_000; blanks++)
    expect(excerpt(" ".repeat(blanks) + publicKey + "x".repeat(90), redact)).not.toContain(publicKey.slice(0, 4));
});
