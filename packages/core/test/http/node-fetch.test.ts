import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { nodeFetch, type Question } from "../../src/http/node-fetch.ts";

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const question = (more: Partial<Question> = {}): Question => ({
  method: "GET",
  headers: { accept: "application/json" },
  signal: new AbortController().signal,
  redirect: "manual",
  ...more,
});

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("what is sent arrives as it is, and so does the answer", async () => {
  const url = await serve((request, response) => {
    request
      .setEncoding("utf8")
      .on("data", (body) => response.writeHead(418, { "x-seen": "a" }).end(`${request.method} ${body}`));
  });
  const answer = await nodeFetch(url, question({ method: "POST", body: "name=Zoë" }));
  expect([answer.status, answer.headers.get("X-Seen"), answer.headers.get("x-none")]).toEqual([418, "a", null]);
  expect(await textOf(answer.body)).toBe("POST name=Zoë");
});

test("an answer that was compressed is read like any other", async () => {
  const url = await serve((request, response) => {
    const isAsked = request.headers["accept-encoding"] === "gzip";
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(isAsked ? "plain again" : ""));
  });
  expect(await textOf((await nodeFetch(url, question())).body)).toBe("plain again");
});

test("a redirect is an answer", async () => {
  const url = await serve((_request, response) => response.writeHead(302, { location: "http://elsewhere/" }).end());
  const answer = await nodeFetch(url, question());
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "http://elsewhere/"]);
});

test.each([
  ["plain", {}],
  ["compressed", { "content-encoding": "gzip" }],
])("an answer that is cut off is an error, %s", async (_what, headers) => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { "content-length": "1000", ...headers });
    response.write(gzipSync("half of it").subarray(0, 12), () => response.destroy());
  });
  const answer = await nodeFetch(url, question());
  await expect(textOf(answer.body)).rejects.toThrow();
});

test("a call that is given up ends, before the answer and in the middle of it", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/half") response.writeHead(200).write("half");
  });
  const before = new AbortController();
  const asked = nodeFetch(url, question({ signal: before.signal }));
  before.abort();
  await expect(asked).rejects.toThrow();
  const during = new AbortController();
  const { body } = await nodeFetch(new URL("half", url), question({ signal: during.signal }));
  during.abort();
  await expect(textOf(body)).rejects.toThrow();
});

test("a port at which nobody listens gives the system's code", async () => {
  await expect(nodeFetch(new URL("http://127.0.0.1:9/"), question())).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
