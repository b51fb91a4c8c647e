import { createServer } from "node:net";
import { freePort } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { RedirectServer } from "../../src/authorize/redirect-server.ts";

async function started(host = "localhost") {
  const port = await freePort();
  const redirectUrl = new URL(`http://${host}:${port}/callback`);
  const redirects: string[] = [];
  const server = new RedirectServer({
    redirectUrl,
    onRedirect: async (url) => {
      redirects.push(url);
      return { title: "Ada <is> authorized", words: "You may close this window.", isGood: true };
    },
  });
  await server.start();
  onTestFinished(() => server.stop());
  return { port, redirects };
}

test("PUB-CLI-1: the redirect is received on both addresses of this machine", async () => {
  const { port, redirects } = await started();
  for (const host of ["127.0.0.1", "[::1]"]) await fetch(`http://${host}:${port}/callback?code=${host}&state=s`);
  expect(redirects).toEqual(["/callback?code=127.0.0.1&state=s", "/callback?code=[::1]&state=s"]);
});

test("the page names the person, stays in no cache, and gives its address to no other page", async () => {
  const { port } = await started("127.0.0.1");
  const answer = await fetch(`http://127.0.0.1:${port}/callback?code=abc&state=s`);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  const text = await answer.text();
  expect(text).toContain("Ada &#60;is&#62; authorized");
  expect(text).not.toContain("abc");
});

test("every other path is answered with 404, and nothing is taken", async () => {
  const { port, redirects } = await started("127.0.0.1");
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/favicon.ico"],
    ["POST", "/callback?code=abc&state=s"],
  ] as const)
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { method })).status).toBe(404);
  expect(redirects).toEqual([]);
});

test("PUB-CLI-2: a port that another program has on one of the addresses is refused as a whole", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void other.close());
  const server = new RedirectServer({
    redirectUrl: new URL(`http://localhost:${port}/callback`),
    onRedirect: () => Promise.reject(new Error("not called")),
  });
  await expect(server.start()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(fetch(`http://[::1]:${port}/`)).rejects.toThrow();
});
