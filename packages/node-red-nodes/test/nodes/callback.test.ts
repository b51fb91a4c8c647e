import { ManualClock } from "@weighbridge/core/testing";
import { serve } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { Callback, type CallbackRequest } from "../../src/nodes/withings-account/callback.ts";

async function serving(failure?: Error, parsed?: unknown) {
  const calls: unknown[] = [];
  const failures: unknown[] = [];
  const clock = new ManualClock(0);
  const callback = new Callback({
    clock,
    take(userId, window) {
      calls.push([userId, window]);
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
    takeChange: async (userId) => void calls.push([userId, "change"]),
    onFailure: (error) => failures.push(error),
  });
  const url = await serve(async (request, response) => {
    if (parsed === undefined) return callback.answer(request, response);
    // As Express leaves a request behind its own parser.
    for await (const _chunk of request);
    return callback.answer(Object.assign(request, { body: parsed }) as CallbackRequest, response);
  });
  const post = async (body: string, more = "") => (await fetch(`${url}/x${more}`, { method: "POST", body })).status;
  return { url, calls, failures, clock, post, callback };
}

describe("the callback", () => {
  test("leaves a request alone that somebody else has answered, and one that was given up", async () => {
    const { callback, failures } = await serving();
    const url = await serve(async (request, response) => {
      response.writeHead(504).end();
      await callback.answer(request, response);
    });
    expect((await fetch(url, { method: "POST", body: "userid=1" })).status).toBe(504);
    const answered = Promise.withResolvers<void>();
    const slow = await serve((request, response) => {
      request.once("close", () => answered.resolve());
      return callback.answer(request, response);
    });
    const given = new AbortController();
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
    const posted = fetch(slow, { method: "POST", body: endless, duplex: "half", signal: given.signal } as RequestInit);
    setImmediate(() => given.abort());
    await expect(posted).rejects.toThrow();
    await fetch(slow);
    expect(failures).toEqual([]);
  });

  test.each(["GET", "HEAD"])("answers %s with 200 and does nothing", async (method) => {
    const { url, calls } = await serving();
    expect((await fetch(url, { method })).status).toBe(200);
    expect(calls).toEqual([]);
  });

  test("hands over the person and the window that form and query name", async () => {
    const { post, calls } = await serving();
    await post("userid=1&startdate=2&enddate=3", "?appli=1");
    await post("", "?userid=4&startdate=5&enddate=6");
    expect(calls).toEqual([
      ["1", { from: 2, to: 3 }],
      ["4", { from: 5, to: 6 }],
    ]);
  });

  test("understands a body that Node-RED's editor has parsed before", async () => {
    const { post, calls } = await serving(undefined, { userid: "1", startdate: 2, enddate: "3", nested: { a: 1 } });
    expect(await post("ignored")).toBe(200);
    expect(calls).toEqual([["1", { from: 2, to: 3 }]]);
  });

  test("answers with 503 where the notification cannot be kept, so that it comes again", async () => {
    const failure = new Error("disk full");
    const { post, failures } = await serving(failure);
    expect(await post("userid=1")).toBe(503);
    expect(failures).toEqual([failure]);
  });

  test("refuses other methods and bodies of more than 4 KiB", async () => {
    const { url, post, calls } = await serving();
    expect((await fetch(url, { method: "PUT" })).status).toBe(405);
    expect(await post("x".repeat(4_097))).toBe(413);
    expect(calls).toEqual([]);
  });

  test("turns away who calls too often, until the next minute", async () => {
    const { url, clock } = await serving();
    const statuses = new Set<number>();
    for (let count = 0; count < 600; count++) statuses.add((await fetch(url)).status);
    expect([...statuses]).toEqual([200]);
    expect((await fetch(url)).status).toBe(429);
    await clock.advance(60_000);
    expect((await fetch(url)).status).toBe(200);
  });
});
