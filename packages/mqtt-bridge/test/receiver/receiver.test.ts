import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { request, type Server } from "node:http";
import { connect } from "node:net";
import type { Window } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import { keptLog } from "@weighbridge/testing";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { configSchema } from "../../src/config/schema.ts";
import type { ConnectionLimits } from "../../src/http/http-server.ts";
import { Receiver } from "../../src/receiver/receiver.ts";

const SECRET = "t0kenThatNobodyGuesses";
const FORM = "userid=29&startdate=1294332510&enddate=1294332511";

type Take = (userId: string, window: Window | null) => Promise<void> | undefined;

async function started(
  take: Take = (userId) => (userId === "29" ? Promise.resolve() : undefined),
  perMinute = Number.MAX_SAFE_INTEGER,
  limits: Partial<ConnectionLimits> = {},
) {
  const log = keptLog();
  const clock = new ManualClock(0);
  const input = {
    host: "127.0.0.1",
    port: 0,
    perMinute,
    secrets: [{ accountId: "wbs", secret: SECRET }],
    clock,
    log,
    take: (_: string, ...hint: Parameters<Take>) => take(...hint),
    takeChange: (_: string, userId: string) => take(userId, null),
    limits,
  };
  const receiver = new Receiver(input);
  const port = await receiver.start();
  onTestFinished(() => receiver.stop());
  const url = `http://127.0.0.1:${port}/${SECRET}`;
  const post = async (body: string, path = "") => (await fetch(url + path, { method: "POST", body })).status;
  return { receiver, port, url, post, log, clock, counts: receiver.counts };
}

test("WBS-NOTIFY-3: a notification of a known person is taken in, and answered after that", async () => {
  const stored = Promise.withResolvers<void>();
  const taken: unknown[] = [];
  const { post, counts } = await started((...hint) => {
    taken.push(hint);
    return stored.promise;
  });
  const answer = post(FORM);
  await expect.poll(() => taken).toEqual([["29", { from: 1_294_332_510, to: 1_294_332_511 }]]);
  expect(counts.taken).toBe(0);
  stored.resolve();
  expect(await answer).toBe(200);
  expect(counts.taken).toBe(1);
});

test("WBS-NOTIFY-9: HEAD, GET and a POST without a userid are answered with 200", async () => {
  const { url, post } = await started();
  expect((await fetch(url, { method: "HEAD" })).status).toBe(200);
  expect((await fetch(url)).status).toBe(200);
  expect(await post("")).toBe(200);
});

test("the parameters may come in the query as well", async () => {
  const { post, counts } = await started();
  expect(await post("", `?${FORM}`)).toBe(200);
  expect(counts.taken).toBe(1);
});

test("an unknown userid is answered with 200 and does nothing", async () => {
  const { post, counts } = await started();
  expect(await post(FORM.replace("29", "30"))).toBe(200);
  expect(counts).toMatchObject({ taken: 0, unknownUsers: 1 });
});

test("any other path is not there, also where it begins or ends alike", async () => {
  const { port } = await started();
  for (const path of ["", SECRET.slice(1), `${SECRET}x`, `${SECRET}/`, "favicon.ico"])
    expect((await fetch(`http://127.0.0.1:${port}/${path}`, { method: "POST", body: FORM })).status).toBe(404);
});

test("a reverse proxy may put a path of its own before the secret", async () => {
  const { port } = await started();
  expect((await fetch(`http://127.0.0.1:${port}/scale/${SECRET}`, { method: "POST", body: FORM })).status).toBe(200);
});

test("a call for a userid that is none is refused, and the log says why", async () => {
  const { post, log } = await started();
  expect(await post("userid=ada&startdate=1&enddate=1")).toBe(400);
  expect(log.lines.join()).toContain("userid");
});

test("a known userid with an unreadable window is taken in, without a window", async () => {
  const taken: unknown[] = [];
  const { post } = await started((userId, window) => {
    taken.push([userId, window]);
    return Promise.resolve();
  });
  expect(await post("userid=29&startdate=yesterday&enddate=1")).toBe(200);
  expect(taken).toEqual([["29", null]]);
});

test("a body of more than 4 KiB is refused", async () => {
  const { post } = await started();
  expect(await post(`${FORM}&x=${"a".repeat(4 * 1024)}`)).toBe(413);
});

test("a call that is given up half-way is nobody's fault, and the receiver goes on", async () => {
  const { port, post, log } = await started();
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST /${SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nuserid=29`);
  // Each answer shows that what came before it was looked at.
  expect(await post("")).toBe(200);
  socket.destroy();
  expect([await post(""), await post(FORM)]).toEqual([200, 200]);
  expect(log.lines).toEqual([]);
});

test("where the disk refuses the hint, the API is asked to try again", async () => {
  const { post } = await started(() => Promise.reject(new Error("disk full")));
  expect(await post(FORM)).toBe(503);
});

test("an address that calls too often is asked to try again until the minute is over, and the log says what to set", async () => {
  const { port, post, clock, log, counts } = await started(undefined, 3);
  // Calls of a wrong path count for nothing.
  for (let n = 0; n < 5; n++)
    expect((await fetch(`http://127.0.0.1:${port}/guess`, { method: "POST", body: FORM })).status).toBe(404);
  const answers: number[] = [];
  for (let n = 0; n < 5; n++) answers.push(await post(FORM));
  expect(answers).toEqual([200, 200, 200, 429, 429]);
  expect(counts).toMatchObject({ taken: 3, refused: 7 });
  expect(log.lines.filter((line) => line.includes("callback.per_minute"))).toHaveLength(1);
  await clock.advance(60_000);
  expect(await post(FORM)).toBe(200);
});

test("by default a burst of a large household from one address is taken in", () => {
  const people = 100;
  const callsForEach = 10;
  expect(configSchema.parse({}).callback.per_minute).toBeGreaterThanOrEqual(people * callsForEach);
});

test("a connection that sends nothing is ended in time", async () => {
  const { port, post } = await started(undefined, undefined, { headersMs: 20, requestMs: 40, checkMs: 10 });
  const socket = connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\n");
  await once(socket.resume(), "close");
  expect(await post(FORM)).toBe(200);
});

test("connections of one address beyond its share are refused, counted, and logged once", async () => {
  const { port, counts, log } = await started(undefined, undefined, { connectionsOfAddress: 2 });
  const open = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all(open.map((socket) => once(socket, "connect")));
  for (let n = 0; n < 3; n++)
    await once(
      connect(port, "127.0.0.1").on("error", () => {}),
      "close",
    );
  expect(counts.dropped).toBe(3);
  expect(log.lines.filter((line) => line.includes("too many"))).toHaveLength(1);
  for (const socket of open) socket.destroy();
});

test("a thousand callbacks at one moment from one address are all taken in", async () => {
  const { port, counts } = await started();
  const path = `/${SECRET}`;
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, () => call({ port, method: "POST", path, payload: FORM })),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(counts).toMatchObject({ taken: 1_000, dropped: 0 });
});

test("a connection that the system cannot open is told, and the receiver goes on", async () => {
  const { post, log } = await started();
  const served = new Promise<Server>((resolve) => {
    const hear = (message: unknown) => {
      unsubscribe("http.server.request.start", hear);
      resolve((message as { server: Server }).server);
    };
    subscribe("http.server.request.start", hear);
  });
  await post(FORM);
  (await served).emit("error", new Error("accept ENFILE"));
  expect(log.lines.join()).toContain("accept ENFILE");
  expect(await post(FORM)).toBe(200);
});

test("whatever is sent, only documented codes come back, and the receiver goes on", async () => {
  const { port, post } = await started();
  const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
  const path = fc.oneof(
    fc.constant(SECRET),
    fc.webPath({ size: "small" }).map((text) => text.slice(1)),
  );
  const query = fc.oneof(
    fc.constant(""),
    fc.webQueryParameters().map((text) => `?${text}`),
    fc.constant(`?${FORM}`),
  );
  const body = fc.oneof(fc.constant(FORM), fc.string({ maxLength: 5_000 }), fc.uint8Array({ maxLength: 5_000 }));
  await fc.assert(
    fc.asyncProperty(methods, path, query, body, async (method, where, search, content) => {
      const payload = method === "GET" || method === "HEAD" ? "" : Buffer.from(content as string);
      const status = await call({ port, method, path: `/${where}${search}`, payload });
      expect([200, 400, 404, 405, 413]).toContain(status);
    }),
    { numRuns: 300 },
  );
  expect(await post(FORM)).toBe(200);
});

test("bytes that are no HTTP do not end it", async () => {
  const { port, post } = await started();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
        socket
          .resume()
          .on("error", () => {})
          .on("close", () => resolve());
      });
    }),
    { numRuns: 60 },
  );
  expect(await post(FORM)).toBe(200);
});

interface Call {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly payload: string | Buffer;
}

/** Unlike fetch, it sends what it is given. An answer may come before the body is sent. */
function call({ port, method, path, payload }: Call): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EPIPE" || error.code === "ECONNRESET" ? undefined : reject(error),
    );
    sent.end(payload);
  });
}
