import type { ServerResponse } from "node:http";
import { freePort } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.ts";
import { createWbsClient } from "../../src/wbs/client.ts";
import { type Answer, type ReceivedCall, startApiServer } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

const ada = { userId: 29, publicKey: "b71d95ce5c1d4f23" };
const callback = { ...ada, callbackUrl: "http://home.example/hook?a=b&c=d e", comment: "Küche & Bad" };
const success = { status: 0 };
const emptyPage = { status: 0, body: { updatetime: 5, measuregrps: [] } };
const hangUp = (response: ServerResponse) => void response.destroy();

async function setUp(answer: (call: ReceivedCall, index: number) => Answer) {
  const server = await startApiServer(answer);
  const clock = new JumpingClock();
  return { server, clock, client: createWbsClient({ baseUrl: server.url, clock, random: () => 1 }) };
}

describe("a request", () => {
  test.each(["GET", "POST"] as const)("WBS-REST-1, WBS-REST-2: names service and action, by %s", async (method) => {
    const server = await startApiServer(() => success);
    await createWbsClient({ baseUrl: server.url, method }).notify.subscribe(callback);
    expect(server.calls).toMatchObject([
      {
        method,
        service: "notify",
        parameters: {
          action: "subscribe",
          userid: "29",
          publickey: "b71d95ce5c1d4f23",
          callbackurl: callback.callbackUrl,
          comment: callback.comment,
        },
      },
    ]);
  });

  test("WBS-REST-2, WBS-NOTIFY-1: encodes every value once", async () => {
    const server = await startApiServer(() => success);
    await createWbsClient({ baseUrl: server.url, method: "GET" }).notify.subscribe(callback);
    expect(server.calls[0]?.url).toContain(
      "callbackurl=http%3A%2F%2Fhome.example%2Fhook%3Fa%3Db%26c%3Dd%20e&comment=K%C3%BCche%20%26%20Bad",
    );
  });

  test("by POST puts no parameter into the URL", async () => {
    const { server, client } = await setUp(() => success);
    await client.notify.subscribe(callback);
    expect(server.calls[0]?.url).toBe("/notify");
    expect(server.calls[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  });

  test("keeps the path of the base URL", async () => {
    const server = await startApiServer(() => success);
    await createWbsClient({ baseUrl: `${server.url}withings/v1` }).once.probe();
    expect(server.calls[0]?.url).toBe("/withings/v1/once");
  });

  test("says who calls", async () => {
    const server = await startApiServer(() => success);
    await createWbsClient({ baseUrl: server.url }).once.probe();
    await createWbsClient({ baseUrl: server.url, userAgent: "kitchen/1" }).once.probe();
    expect(server.calls.map(({ headers }) => headers["user-agent"])).toEqual([
      expect.stringMatching(/^weighbridge /),
      "kitchen/1",
    ]);
  });

  test.each([
    ["a userid that is no whole number", { userId: 1.5, publicKey: "k" }, {}, /userid/],
    ["an empty publickey", { userId: 1, publicKey: "" }, {}, /publickey/],
    ["a limit of 0", ada, { limit: 0 }, /limit/],
    ["a negative offset", ada, { offset: -1 }, /offset/],
    ["a date with a fraction", ada, { startDate: 1.5 }, /startdate/],
    ["a date that is not a number", ada, { lastUpdate: Number.NaN }, /lastupdate/],
  ])("with %s is not sent", async (_, user, filters, message) => {
    const { server, client } = await setUp(() => emptyPage);
    expect(await caught(client.measure.getMeas({ ...user, ...filters }))).toMatchObject({
      name: "InvalidCallError",
      code: "invalid_parameter",
      actor: "caller",
      message: expect.stringMatching(message),
    });
    expect(server.calls).toEqual([]);
  });

  test.each([
    ["too long", `http://home.example/${"a".repeat(109)}`],
    ["not http", "ftp://home.example/"],
  ])("WBS-NOTIFY-1: with a callback URL that is %s is not sent", async (_, callbackUrl) => {
    const { server, client } = await setUp(() => success);
    expect(await caught(client.notify.subscribe({ ...callback, callbackUrl }))).toMatchObject({
      code: "invalid_parameter",
    });
    expect(server.calls).toEqual([]);
  });

  test("WBS-NOTIFY-1: with a callback URL of 128 characters is sent", async () => {
    const { server, client } = await setUp(() => success);
    await client.notify.subscribe({ ...callback, callbackUrl: `http://home.example/${"a".repeat(108)}` });
    expect(server.calls).toHaveLength(1);
  });
});

describe("an answer", () => {
  test.each([
    ["an absent body", { status: 0 }],
    ["an empty body", { status: 0, body: {} }],
    ["an empty list as body", { status: 0, body: [] }],
    ["null as body", { status: 0, body: null }],
  ])("WBS-REST-3: may have %s where nothing is asked for", async (_, answer) => {
    const { client } = await setUp(() => answer);
    await expect(client.once.probe()).resolves.toBeUndefined();
  });

  test("WBS-REST-6: is read from text/plain", async () => {
    const { client } = await setUp(
      () => (response: ServerResponse) =>
        void response.writeHead(200, { "content-type": "text/plain" }).end(JSON.stringify(emptyPage)),
    );
    await expect(client.measure.getMeas(ada)).resolves.toEqual({ groups: [], updateTime: 5 });
  });

  test("WBS-REST-6: is read from HTTP 403 with text/html", async () => {
    const { client } = await setUp(
      () => (response: ServerResponse) =>
        void response.writeHead(403, { "content-type": "text/html" }).end('{ "status": 2556 }'),
    );
    expect(await caught(client.measure.getMeas(ada))).toMatchObject({ code: "unknown_service", status: 2556 });
  });

  test("WBS-REST-6: that is not JSON is an unexpected response, with an excerpt", async () => {
    const { client, clock } = await setUp(() => "<html>\n  <h1>Down for maintenance</h1>\n</html>");
    expect(await caught(client.once.probe())).toMatchObject({
      name: "UnexpectedResponseError",
      code: "unexpected_response",
      actor: "service",
      message: expect.stringContaining('"<html> <h1>Down for maintenance</h1> </html>"'),
    });
    expect(clock.waits).toEqual([500, 1_000, 2_000]);
  });

  test("WBS-REST-6: has a bounded excerpt", async () => {
    const { client } = await setUp(() => "x".repeat(100_000));
    expect((await caught(client.once.probe())).message.length).toBeLessThan(LIMITS.excerptCharacters + 150);
  });

  test.each(["null", "[]", "{}", '"ok"', '{"status":"0"}', "", '{"status":0'])(
    "WBS-REST-3: that reads %s is an unexpected response",
    async (text) => {
      const { client } = await setUp(() => text);
      expect(await caught(client.once.probe())).toMatchObject({ code: "unexpected_response" });
    },
  );

  test("with a body that does not fit names the places, and is not asked for again", async () => {
    const { client, server } = await setUp(() => ({ status: 0, body: { updatetime: 5, measuregrps: "none" } }));
    const error = await caught(client.measure.getMeas(ada));
    expect(error).toMatchObject({ code: "unexpected_response" });
    expect(error.message).toContain("not the API's: body");
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    { status: 0 },
    { status: 0, body: null },
    { status: 0, body: {} },
    { status: 0, body: [] },
    { status: 0, body: { measuregrps: null } },
    { status: 0, body: { measuregrps: [] } },
  ])("of getmeas that reads %j is an empty page", async (answer) => {
    const { client, server } = await setUp(() => answer);
    expect(await client.measure.getMeas(ada)).toEqual({ groups: [] });
    expect(server.calls).toHaveLength(1);
  });

  test("explains only the first user that does not fit", async () => {
    const users = Array.from({ length: 100_000 }, () => ({}));
    const { client } = await setUp(() => ({ status: 0, body: { users, once: "o" } }));
    const error = await caught(client.account.getUsersList({ email: "a@b.example", password: "p" }));
    expect(error.message).toMatch(/body\.id: .*; body\.publickey: [^;]*$/);
  });

  test("that redirects is not followed: the key would go elsewhere", async () => {
    const { client, server } = await setUp(
      () => (response: ServerResponse) =>
        void response.writeHead(301, { location: "https://elsewhere.example/?publickey=b71d95ce5c1d4f23" }).end(),
    );
    const error = await caught(client.measure.getMeas(ada));
    expect(error.message).toMatch(/a redirect to https:\/\/elsewhere\.example$/);
    expect(server.calls).toHaveLength(1);
  });

  test("WBS-REST-5: with a status that no table has is an error that keeps it", async () => {
    const { client } = await setUp(() => ({ status: 4711 }));
    expect(await caught(client.once.probe())).toMatchObject({ code: "status_4711", status: 4711 });
  });
});

describe("a call that failed", () => {
  const failures = [
    ["a lost connection", () => hangUp],
    ["HTML from a proxy", () => "<html>502</html>"],
    ["a temporary failure", () => ({ status: 284 })],
  ] as const;

  test.each(failures)("for reading is repeated after %s", async (_, answer) => {
    const { client, server, clock } = await setUp((__, index) => (index < 2 ? answer() : emptyPage));
    await expect(client.measure.getMeas(ada)).resolves.toEqual({ groups: [], updateTime: 5 });
    expect(server.calls).toHaveLength(3);
    expect(clock.waits).toEqual([500, 1_000]);
  });

  test.each(failures)("to subscribe is repeated after %s: the same URL renews", async (_, answer) => {
    const { client, server } = await setUp((__, index) => (index === 0 ? answer() : success));
    await client.notify.subscribe(callback);
    expect(server.calls).toHaveLength(2);
  });

  test("to stop sharing is not repeated where it may have worked: the key would be void", async () => {
    const { client, server } = await setUp(() => hangUp);
    expect(await caught(client.user.update({ ...ada, isPublic: false }))).toMatchObject({ code: "network" });
    expect(server.calls).toHaveLength(1);
  });

  test("to stop sharing is repeated where it cannot have worked", async () => {
    const { client, server } = await setUp((_, index) => ({ status: index === 0 ? 284 : 0 }));
    await client.user.update({ ...ada, isPublic: false });
    expect(server.calls).toHaveLength(2);
  });

  test("to start sharing is repeated", async () => {
    const { client, server } = await setUp((_, index) => (index === 0 ? hangUp : success));
    await client.user.update({ ...ada, isPublic: true });
    expect(server.calls).toHaveLength(2);
  });

  test("to revoke is repeated, and finds it gone", async () => {
    const { client } = await setUp((_, index) => (index === 0 ? hangUp : { status: 294 }));
    await expect(client.notify.revoke(callback)).resolves.toBe(false);
  });

  test("to list users is repeated with a new one-time string", async () => {
    const { client, server } = await setUp(({ service }, index) => {
      if (service === "once") return { status: 0, body: { once: `once-${index}` } };
      return index === 1 ? hangUp : { status: 0, body: { users: [] } };
    });
    await client.account.getUsersList({ email: "a@b.example", password: "secret" });
    const hashes = server.calls
      .filter(({ service }) => service === "account")
      .map(({ parameters }) => parameters["hash"]);
    expect(new Set(hashes).size).toBe(2);
  });

  test("with 601 waits at least 12 s", async () => {
    const { client, clock } = await setUp((_, index) => (index === 0 ? { status: 601 } : emptyPage));
    await client.measure.getMeas(ada);
    expect(clock.waits).toEqual([12_500]);
  });

  test.each([247, 250, 286, 293, 294, 304, 2554, 2555])("with status %d is not repeated", async (status) => {
    const { client, server } = await setUp(() => ({ status }));
    await caught(client.measure.getMeas(ada));
    expect(server.calls).toHaveLength(1);
  });

  test("gives up after its retries", async () => {
    const { client, server } = await setUp(() => hangUp);
    expect(await caught(client.measure.getMeas(ada))).toMatchObject({
      name: "UnreachableError",
      code: "network",
      actor: "service",
    });
    expect(server.calls).toHaveLength(1 + LIMITS.retries);
  });

  test("on a port where nobody listens says so", async () => {
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const error = await caught(
      createWbsClient({ baseUrl, clock: new JumpingClock() }).user.update({ ...ada, isPublic: false }),
    );
    expect(error.message).toBe(`user/update at ${baseUrl} could not be reached (ECONNREFUSED)`);
  });
});

test("an answer without end is cut off", async () => {
  const { client, server } = await setUp(() => (response: ServerResponse) => {
    const chunk = Buffer.alloc(1 << 20, " ");
    const pump = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", pump);
    pump();
  });
  expect(await caught(client.once.probe())).toMatchObject({
    code: "unexpected_response",
    message: expect.stringContaining(`more than ${LIMITS.answerBytes} bytes`),
  });
  expect(server.calls).toHaveLength(1);
});

describe("options", () => {
  test.each([
    ["not a URL", { baseUrl: "withings" }],
    ["a file", { baseUrl: "file:///etc" }],
    ["a URL with a password", { baseUrl: "http://ada:hush@example.com/" }],
    ["a URL with a query", { baseUrl: "http://example.com/?x=1" }],
    ["a page limit below 3", { pageLimit: 2 }],
    ["no calls per minute", { callsPerMinute: 0 }],
    ["a fraction as retries", { retries: 0.5 }],
    ["no time", { timeoutMs: 0 }],
  ])("with %s are refused at once", (_, options) => {
    expect(() => createWbsClient(options)).toThrow(
      expect.objectContaining({ code: "invalid_option", actor: "caller" }),
    );
  });

  test("with a password are refused without repeating it", () => {
    expect(() => createWbsClient({ baseUrl: "http://ada:hush@example.com/" })).not.toThrow(/hush/);
  });
});
