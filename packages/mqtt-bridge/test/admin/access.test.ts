import { ManualClock } from "@weighbridge/core/testing";
import { keptLog } from "@weighbridge/testing";
import { expect, onTestFinished, test } from "vitest";
import { Access } from "../../src/admin/access.ts";
import { AdminServer } from "../../src/admin/admin-server.ts";
import { Live } from "../../src/admin/live.ts";
import { Recent } from "../../src/admin/recent.ts";
import { json } from "../../src/admin/reply.ts";
import type { Route } from "../../src/admin/router.ts";
import { routesOf } from "../../src/admin/routes.ts";
import { configSchema } from "../../src/config/schema.ts";
import { People } from "../../src/people/people.ts";
import { ask, put } from "../support/admin.ts";

const TOKEN = "correct horse battery staple";

const done = () => Promise.resolve({});
const handlers = { sync: done, decide: done, subscription: done, health: done, publishDiscovery: done };

/** The private side alone, without a bridge behind it. */
async function serving(admin: object = {}, more: readonly Route[] = []) {
  const clock = new ManualClock(1_772_348_400_000);
  const config = configSchema.parse({ admin }).admin;
  const access = new Access(config, clock);
  const log = keptLog();
  const recent = new Recent(clock);
  const server = new AdminServer({
    ...{ host: "127.0.0.1", port: 0, access, log, isFramed: config.ingress },
    routes: [
      ...more,
      ...routesOf({
        ...{ access, handlers, recent, live: new Live(recent, clock), log: undefined },
        people: new People([]),
        metrics: async () => ({ type: "text/plain", body: "" }),
        readiness: async () => ({ ready: true, reasons: [] }),
        sync: () => json({}),
        consents: { begin: async () => undefined, take: async () => undefined },
        status: () => Buffer.from(JSON.stringify({ secret: "68.45" })),
      }),
    ],
    page: (path) => (path === "/" ? json({ page: true }) : undefined),
  });
  const port = await server.start();
  onTestFinished(() => server.stop());
  return { url: `http://127.0.0.1:${port}/`, port, clock, log };
}

test("this machine reads and acts without a token", async () => {
  const { url } = await serving();
  expect((await ask(url, "/api/status")).json()).toEqual({ secret: "68.45" });
  const answer = await ask(url, "/api/requests/sync", put({ person: "ada", transaction: 7 }));
  expect([answer.status, answer.json()]).toEqual([200, { schema: 1, status: "ok", data: {}, transaction: 7 }]);
});

test("a Host that is not this machine is refused: a page elsewhere could have its name lead here", async () => {
  const { url, port } = await serving();
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "10.0.0.5"]) {
    const answer = await ask(url, "/api/status", { headers: { host } });
    expect([host, answer.status]).toEqual([host, 403]);
    expect(answer.json()).toMatchObject({ error: { code: "foreign_host", remedy: expect.any(String) } });
    expect(answer.text).not.toContain("68.45");
  }
  for (const host of ["localhost", `127.0.0.1:${port}`, `[::1]:${port}`])
    expect((await ask(url, "/api/status", { headers: { host } })).status).toBe(200);
});

test("what a proxy brings is refused without a token: all the world may stand behind it", async () => {
  const { url } = await serving();
  for (const header of ["x-forwarded-for", "forwarded"]) {
    const answer = await ask(url, "/api/status", { headers: { [header]: "203.0.113.7" } });
    expect(answer.json()).toMatchObject({ error: { code: "proxy_without_token" } });
  }
});

test("a page of another site cannot write: neither with its Origin, nor without JSON", async () => {
  const { url, port } = await serving();
  const foreign = await ask(url, "/api/requests/sync", put({}, { origin: "https://evil.example" }));
  expect([foreign.status, foreign.json().error.code]).toEqual([403, "foreign_origin"]);
  const form = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
  const simple = await ask(url, "/api/requests/sync", form);
  expect([simple.status, simple.json().error.code]).toEqual([400, "not_json"]);
  const own = await ask(url, "/api/requests/sync", put({}, { origin: `http://127.0.0.1:${port}` }));
  expect(own.status).toBe(200);
});

test("with a token nothing is read without it, but health and the page itself", async () => {
  const { url } = await serving({ token: TOKEN });
  for (const path of ["/healthz", "/readyz", "/"]) expect((await ask(url, path)).status).toBe(200);
  const stranger = await ask(url, "/api/status");
  expect([stranger.status, stranger.json().error.code]).toEqual([401, "login_needed"]);
  expect(stranger.headers["www-authenticate"]).toContain("Bearer");
  const bearer = { headers: { authorization: `Bearer ${TOKEN.replaceAll(" ", "")}` } };
  expect((await ask(url, "/api/status", bearer)).json().error.code).toBe("wrong_token");
});

test("a bearer token and a login's cookie open it; the cookie is the browser's alone and holds no token", async () => {
  const token = "0123456789abcdef0123";
  const { url, clock } = await serving({ token });
  const authorization = `Bearer ${token}`;
  expect((await ask(url, "/api/status", { headers: { authorization } })).status).toBe(200);
  const login = await ask(url, "/api/login", put({ token }));
  const [cookie = ""] = login.headers["set-cookie"] as string[];
  expect(cookie).toMatch(/^weighbridge_session=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(token);
  const session = { headers: { cookie: `other=1; ${cookie.split(";")[0]}` } };
  expect((await ask(url, "/api/status", session)).status).toBe(200);
  await clock.advance(31 * 86_400_000);
  expect((await ask(url, "/api/status", session)).json().error.code).toBe("login_needed");
  const forged = { headers: { cookie: `weighbridge_session=${Math.floor(clock.now() / 1000)}.AAAA` } };
  expect((await ask(url, "/api/status", forged)).status).toBe(401);
});

test("a login ends with the token that it was made with, and behind TLS its cookie stays there", async () => {
  const { url } = await serving({ token: "0123456789abcdef-old" });
  const secure = { "x-forwarded-proto": "https" };
  const login = await ask(url, "/api/login", put({ token: "0123456789abcdef-old" }, secure));
  const [cookie = ""] = login.headers["set-cookie"] as string[];
  expect(cookie).toContain("; Secure");
  const other = await serving({ token: "0123456789abcdef-new" });
  const session = { headers: { cookie: cookie.split(";")[0] as string } };
  expect((await ask(other.url, "/api/status", session)).status).toBe(401);
});

test("ten wrong tokens in a minute are the last of an address; another one, and the next minute, are heard", async () => {
  const { url, clock } = await serving({ token: "0123456789abcdef" });
  const wrong = put({ token: "guess" });
  for (let n = 0; n < 10; n++) expect((await ask(url, "/api/login", wrong)).status).toBe(401);
  const late = await ask(url, "/api/login", wrong);
  expect([late.status, late.headers["retry-after"]]).toEqual([429, "60"]);
  expect((await ask(url, "/api/status", { headers: { authorization: "Bearer guess" } })).status).toBe(429);
  expect((await ask(url, "/api/login", { ...wrong, from: "127.0.0.2" })).status).toBe(401);
  await clock.advance(60_000);
  expect((await ask(url, "/api/login", put({ token: "0123456789abcdef" }))).status).toBe(200);
});

test("the right token is refused like a wrong one while its address is locked: guessing on tells nothing", async () => {
  const token = "0123456789abcdef";
  const { url } = await serving({ token });
  for (let n = 0; n < 10; n++) await ask(url, "/api/login", put({ token: "guess" }));
  expect((await ask(url, "/api/login", put({ token }))).status).toBe(429);
  const authorization = `Bearer ${token}`;
  expect((await ask(url, "/api/status", { headers: { authorization } })).status).toBe(429);
});

test("every answer forbids inline scripts, sniffing, framing and keeping", async () => {
  const { url } = await serving();
  for (const path of ["/", "/api/status", "/nothing"]) {
    const { headers } = await ask(url, path);
    expect(headers["content-security-policy"]).toMatch(
      /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/,
    );
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  }
  const framed = await serving({ ingress: true });
  expect((await ask(framed.url, "/")).headers["x-frame-options"]).toBe("SAMEORIGIN");
});

test("what cannot be answered says what to do", async () => {
  const { url } = await serving();
  const expectations: [string, Parameters<typeof ask>[2], number, string][] = [
    ["/api/nothing", {}, 404, "not_found"],
    [`/${"x".repeat(3_000)}`, {}, 404, "not_found"],
    ["/api/requests/dance", put({}), 404, "unknown_command"],
    ["/api/status", put({}), 405, "wrong_method"],
    ["/api/login", put({ token: "x".repeat(20_000) }), 413, "too_large"],
    ["/api/login", put({}), 400, "invalid"],
    ["/api/login", put([]), 400, "invalid"],
    ["/", put({}), 404, "not_found"],
  ];
  for (const [path, asked, status, code] of expectations) {
    const answer = await ask(url, path, asked);
    expect([path.slice(0, 30), answer.status, answer.json().error]).toEqual([
      path.slice(0, 30),
      status,
      { code, message: expect.any(String), remedy: expect.any(String) },
    ]);
  }
  const head = await ask(url, "/api/status", { method: "HEAD" });
  expect([head.text, head.headers["content-length"]]).toEqual(["", "18"]);
});

test("a fault of the bridge is answered without its words, which the log has", async () => {
  const broken: Route = {
    ...{ method: "GET", path: "/broken", words: "", needs: "token" },
    run: () => Promise.reject(new Error("password=hunter2")),
  };
  const { url, log } = await serving({}, [broken]);
  const answer = await ask(url, "/broken");
  expect([answer.status, answer.json().error.code]).toEqual([500, "failed"]);
  expect(answer.text).not.toContain("hunter2");
  expect(log.lines.join()).toContain("A request of the status page failed");
});
