import { describe, expect, test } from "vitest";
import { createPublicClient, SCOPES } from "../../src/public/client.ts";
import { signature } from "../../src/public/signing.ts";
import { memoryTokenStore } from "../../src/tokens/memory-token-store.ts";
import type { ReceivedCall } from "../support/api-server.ts";
import { caught } from "../support/caught.ts";
import { http, kinds, START, today, tokensBody } from "./world.ts";

const page = { status: 0, body: { updatetime: START, measuregrps: [] } };
const isData = ({ url }: ReceivedCall) => !url.startsWith("/v2/oauth2") && !url.startsWith("/v2/signature");
const read = async (ada: Awaited<ReturnType<typeof today>>["ada"], from = 1) => {
  for await (const _ of ada.measureGroups({ from, to: from + 1 }));
};

describe("every call", () => {
  test("PUB-REST-1, PUB-REST-2, PUB-NOT-1: is a POST form with an action; data calls carry the bearer, others the secret in the body, and no address has either", async () => {
    const { server, ada, client } = await today(
      ({ url, parameters }) =>
        isDataAnswer(url, parameters["action"]) ?? {
          status: 0,
          body: url.startsWith("/v2/oauth2") ? tokensBody(2) : { nonce: "n" },
        },
      { endsInS: 0 },
    );
    await read(ada);
    await ada.devices();
    await ada.profile();
    await client.checkClient();
    expect(kinds(server.calls)).toEqual([
      "v2/oauth2 requesttoken",
      "measure getmeas",
      "v2/user getdevice",
      "v2/user getgoals",
      "v2/signature getnonce",
    ]);
    for (const call of server.calls) {
      expect(call.method).toBe("POST");
      expect(call.url).not.toContain("?");
      expect(call.headers.authorization).toBe(isData(call) ? "Bearer access-2" : undefined);
      if (isData(call)) expect(JSON.stringify(call.parameters)).not.toMatch(/secret|signature|access_token/);
    }
  });

  test.each([
    [286, "no_subscription", "caller"],
    [293, "callback_url_refused", "operator"],
    [294, "nothing_to_revoke", "caller"],
    [305, "too_many_subscriptions", "operator"],
    [250, "invalid_parameter", "caller"],
    [342, "invalid_parameter", "caller"],
    [343, "no_subscription", "caller"],
    [304, "comment_refused", "caller"],
    [215, "temporary_failure", "service"],
    [522, "service_timeout", "service"],
    [2554, "temporary_failure", "service"],
    [2555, "unknown_error", "service"],
    [10_000, "temporary_failure", "service"],
    [4711, "status_4711", "service"],
  ])(
    "PUB-REST-3, PUB-REST-4: status %d is read by this generation's table: %s, for the %s",
    async (status, code, actor) => {
      const { ada } = await today(() => ({ status, body: {}, error: "in words" }));
      expect(await caught(ada.devices())).toMatchObject({
        ...{ code, actor, status, service: "v2/user", action: "getdevice" },
        remedy: expect.stringMatching(/\w/),
        message: expect.stringContaining("in words"),
      });
    },
  );

  test("PUB-REST-4, PUB-REST-5: 503 is no outage: it is not repeated, and its words are carried", async () => {
    const { ada, server } = await today(() => ({ status: 503, body: {}, error: "Invalid Params: invalid startdate" }));
    expect(await caught(ada.devices())).toMatchObject({
      code: "invalid_parameter",
      message: expect.stringContaining("invalid startdate"),
    });
    expect(server.calls).toHaveLength(1);
  });

  test("PUB-REST-6: a base URL that is not https is refused, except on this machine", () => {
    const at = (baseUrl: string) => () =>
      createPublicClient({ clientId: "c", clientSecret: "s", tokens: memoryTokenStore(), baseUrl });
    expect(at("http://wbsapi.withings.net/")).toThrow(expect.objectContaining({ code: "invalid_option" }));
    for (const url of ["https://wbsapi.withings.net/", "http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/"])
      expect(at(url)).not.toThrow();
  });

  test("PUB-REST-7, PUB-NOT-1: a redirect is not followed: the token goes to no other host", async () => {
    const other = await today(() => page);
    const { ada } = await today(() => http(302, "", { location: `${other.server.url}measure` }));
    expect(await caught(ada.devices())).toMatchObject({ code: "unexpected_response" });
    expect(other.server.calls).toEqual([]);
  });

  test.each([
    ["HTML", () => "<h1>Maintenance</h1>", "unexpected_response"],
    ["nothing", () => "", "unexpected_response"],
    ["HTTP 502", () => http(502, "bad gateway"), "unexpected_response"],
    ["HTTP 429", () => http(429, "slow down", { "retry-after": "90" }), "too_many_requests"],
  ])("PUB-REST-8, PUB-NOT-5: %s is an outage: it is the service's, and the tokens stay", async (_, answer, code) => {
    const { ada, tokens } = await today(answer, { retries: 0 });
    const before = await tokens.read("ada");
    expect(await caught(ada.devices())).toMatchObject({ code, actor: "service" });
    expect(await tokens.read("ada")).toEqual(before);
  });

  test("an answer that is no page is unexpected", async () => {
    const { ada } = await today(() => ({ status: 0, body: { measuregrps: "none" } }));
    expect(await caught(read(ada))).toMatchObject({ code: "unexpected_response" });
  });
});

function isDataAnswer(url: string, action: string | undefined) {
  if (url === "/measure") return page;
  if (action === "getdevice") return { status: 0, body: { devices: [] } };
  return action === "getgoals" ? { status: 0, body: { goals: [] } } : undefined;
}

describe("the authorize URL", () => {
  test("PUB-AUTH-1, PUB-NOT-8: carries what is used and no more, each value encoded once, and no secret", async () => {
    const { client } = await today(() => page, { baseUrl: "https://wbsapi.withings.net" });
    const redirectUrl = "http://localhost:8643/callback?a=b c&d=é";
    const url = client.authorizeUrl({ redirectUrl, state: "s t+a/t=e" });
    expect(url).toContain("https://account.withings.com/oauth2_user/authorize2?response_type=code&client_id=client&");
    expect(url).toContain("scope=user.info%2Cuser.metrics");
    const { searchParams } = new URL(url);
    expect(searchParams.get("redirect_uri")).toBe(redirectUrl);
    expect(searchParams.get("state")).toBe("s t+a/t=e");
    expect(searchParams.has("mode")).toBe(false);
    expect(url).not.toContain("secret");
    expect(SCOPES).toEqual(["user.info", "user.metrics"]);
  });

  test("leads to the page of the same server where that is another one, and so does the log-out", async () => {
    const { client, server } = await today(() => page);
    expect(client.authorizeUrl({ redirectUrl: "http://localhost/", state: "s" })).toMatch(
      new RegExp(`^${server.url}/?oauth2_user/authorize2\\?`),
    );
    expect(client.logOutUrl("http://localhost/?a=b")).toBe(
      `${server.url.replace(/\/$/, "")}/logout?r=http%3A%2F%2Flocalhost%2F%3Fa%3Db`,
    );
  });

  test("PUB-AUTH-21: may ask for the demo person", async () => {
    const { client } = await today(() => page);
    expect(client.authorizeUrl({ redirectUrl: "http://localhost/", state: "s", isDemo: true })).toContain("&mode=demo");
  });
});

describe("a code", () => {
  const code = { code: "abc", redirectUrl: "http://localhost:8643/callback" };

  test("PUB-AUTH-1: is exchanged with the same redirect URL, and gives a grant that is not stored yet", async () => {
    const { client, server, tokens } = await today(() => ({ status: 0, body: tokensBody(1, { userid: "77" }) }));
    expect(await client.exchange(code)).toEqual({
      ...{ userId: "77", clientId: "client", accessToken: "access-1", refreshToken: "refresh-1" },
      ...{ accessEndsAt: START + 10_800, refreshIssuedAt: START, scope: "user.info,user.metrics", revision: 1 },
    });
    expect(server.calls[0]?.parameters).toEqual({
      ...{ action: "requesttoken", grant_type: "authorization_code", code: "abc", redirect_uri: code.redirectUrl },
      ...{ client_id: "client", client_secret: "weighbridge-secret" },
    });
    expect(await tokens.names()).toEqual(["ada"]);
  });

  test("PUB-CLI-2: that is too old is named as such, and not sent again", async () => {
    const { client, server } = await today(() => ({ status: 503, body: {}, error: "Invalid Params: invalid code" }));
    expect(await caught(client.exchange(code))).toMatchObject({ code: "code_expired", actor: "caller" });
    expect(server.calls).toHaveLength(1);
  });

  test.each([
    ["without tokens", { userid: 77 }],
    ["empty", {}],
    ["without a refresh token", tokensBody(1, { refresh_token: "" })],
    ["with null tokens", tokensBody(1, { access_token: null, refresh_token: null })],
  ])("PUB-AUTH-7, PUB-NOT-6: an answer %s is no grant", async (_, body) => {
    const { client } = await today(() => ({ status: 0, body }));
    expect(await caught(client.exchange(code))).toMatchObject({ code: "unexpected_response" });
  });

  test("a flat answer without a body is unexpected, not a grant", async () => {
    const { client } = await today(() => ({ status: 0, ...tokensBody(1) }));
    expect(await caught(client.exchange(code))).toMatchObject({ code: "unexpected_response" });
  });
});

describe("an access token", () => {
  test.each([["12345678"], [12_345_678]])("PUB-AUTH-4: is renewed, whether the userid is %j", async (userid) => {
    const { ada, server, tokens } = await today(
      ({ url }) => (url === "/v2/oauth2" ? { status: 0, body: tokensBody(2, { userid }) } : page),
      { endsInS: 60 },
    );
    await read(ada);
    expect(kinds(server.calls)).toEqual(["v2/oauth2 requesttoken", "measure getmeas"]);
    expect(await tokens.read("ada")).toMatchObject({ revision: 2, refreshToken: "refresh-2" });
  });

  test("PUB-AUTH-5: that is refused with 401 is renewed once, and the call sent once more at once", async () => {
    const { ada, server, clock } = await today(({ url, headers }) => {
      if (url === "/v2/oauth2") return { status: 0, body: tokensBody(2) };
      return headers.authorization === "Bearer access-2"
        ? page
        : {
            status: 401,
            body: {},
            error: "XRequestID: Not provided invalid_token: The access token provided is invalid",
          };
    });
    await read(ada);
    expect(kinds(server.calls)).toEqual(["measure getmeas", "v2/oauth2 requesttoken", "measure getmeas"]);
    expect(clock.waits.filter((ms) => ms > 0)).toEqual([]);
  });

  test.each([401, 100])(
    "PUB-AUTH-5: that is refused with %d again and again is the service's fault, and the grant stays",
    async (status) => {
      const { ada, server, tokens } = await today(({ url }) =>
        url === "/v2/oauth2" ? { status: 0, body: tokensBody(2) } : { status, body: {}, error: "invalid_token" },
      );
      expect(await caught(read(ada))).toMatchObject({ code: "access_refused", actor: "service" });
      expect(kinds(server.calls)).toHaveLength(3);
      expect((await tokens.read("ada"))?.ended).toBeUndefined();
    },
  );

  test("PUB-AUTH-5: whose refresh token is refused asks the person, once and for all callers", async () => {
    const { ada, server, tokens } = await today(
      () => ({ status: 503, body: {}, error: "Invalid Params: invalid refresh_token" }),
      { endsInS: 0 },
    );
    for (let time = 0; time < 3; time++)
      expect(await caught(read(ada))).toMatchObject({ code: "grant_ended", actor: "person" });
    expect(server.calls).toHaveLength(1);
    expect(await tokens.read("ada")).toMatchObject({ refreshToken: "refresh-1", ended: { code: "grant_ended" } });
  });

  test("three calls at once on an ended access token send one refresh, and all three succeed", async () => {
    const { ada, server } = await today(
      ({ url }) => (url === "/v2/oauth2" ? { status: 0, body: tokensBody(2) } : page),
      { endsInS: 0 },
    );
    await Promise.all([read(ada, 1), read(ada, 100), read(ada, 200)]);
    expect(kinds(server.calls).filter((kind) => kind.includes("requesttoken"))).toHaveLength(1);
    expect(server.calls).toHaveLength(4);
  });

  test.each([
    ["601", { status: 601, body: {}, error: "Same arguments in less than 10 seconds" }],
    ["an outage in words", { status: 2555, body: {} }],
    ["HTML", "<h1>502</h1>"],
    ["an empty body", { status: 0, body: {} }],
    ["a success without tokens", { status: 0, body: { userid: 12_345_678 } }],
  ])("PUB-NOT-6: a refresh that is answered with %s leaves the stored grant as it was", async (_, answer) => {
    const { ada, tokens } = await today(() => answer, { endsInS: 0, retries: 0 });
    const before = await tokens.read("ada");
    expect(await caught(read(ada))).toMatchObject({ actor: "service" });
    expect(await tokens.read("ada")).toEqual(before);
  });

  test("PUB-AUTH-20: without the scope of a call asks the person to consent again", async () => {
    const { ada } = await today(() => http(403, { status: 403, body: {}, error: "Insufficient_scope" }));
    expect(await caught(ada.devices())).toMatchObject({ code: "scope_missing", actor: "person" });
  });

  test("PUB-AUTH-6: shows in no error, nor does any secret, in whatever the service repeats", async () => {
    const { ada } = await today(
      ({ headers, parameters }) => `<p>${headers.authorization} ${JSON.stringify(parameters)}</p>`,
      { endsInS: 0, retries: 0 },
    );
    const error = await caught(read(ada));
    expect(JSON.stringify([error.message, error.stack])).not.toMatch(/refresh-1|access-1|weighbridge-secret/);
  });
});

describe("patience", () => {
  test("PUB-LIMIT-2: a same-arguments 601 waits 12 s, or as long as the service says, and nothing like it is sent meanwhile", async () => {
    for (const [seconds, waitMs] of [
      [undefined, 12_000],
      [5, 12_000],
      [40, 40_000],
    ] as const) {
      const { ada, server, clock } = await today((_, index) =>
        index === 0
          ? { status: 601, body: { wait_seconds: seconds }, error: "Same arguments in less than 10 seconds" }
          : { status: 0, body: { devices: [] } },
      );
      await ada.devices();
      expect(server.calls).toHaveLength(2);
      expect(clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(waitMs);
    }
  });

  test("PUB-LIMIT-2, PUB-LIMIT-4: 601 with 188 s is given back as later, and the next identical call waits for it", async () => {
    const { ada, server } = await today(() => ({
      status: 601,
      body: { wait_seconds: 188 },
      error: "Same arguments in less than 10 seconds",
    }));
    expect(await caught(ada.devices())).toMatchObject({ code: "too_many_requests", retryAfterMs: 188_000 });
    expect(await caught(ada.devices())).toMatchObject({ code: "too_many_requests", actor: "service" });
    expect(server.calls).toHaveLength(1);
  });

  test("PUB-LIMIT-1, PUB-LIMIT-2, PUB-LIMIT-6: any other 601 pauses the whole application, and no other one", async () => {
    const full = { status: 601, body: {}, error: "Too many requests" };
    const { ada, client, server, tokens, clock } = await today(
      (_, index) => (index === 0 ? full : { status: 0, body: { devices: [] } }),
      { retries: 0 },
    );
    await tokens.write("bob", { ...(await tokens.read("ada")), userId: "9" } as never);
    expect(await caught(ada.devices())).toMatchObject({ code: "too_many_requests", retryAfterMs: 60_000 });
    const waited = clock.waits.length;
    await client.person("bob", "9").devices();
    expect(clock.waits.slice(waited)).toEqual([60_000]);
    expect(server.calls).toHaveLength(2);
    const other = await today(() => ({ status: 0, body: { devices: [] } }));
    expect(await other.ada.devices()).toEqual([]);
  });

  test("PUB-LIMIT-3: an identical call of one person leaves 12 s after the one before; of another person at once", async () => {
    const { ada, client, tokens, clock, server } = await today(() => ({ status: 0, body: { devices: [] } }));
    await tokens.write("bob", { ...(await tokens.read("ada")), userId: "9", accessToken: "bobs" } as never);
    await ada.devices();
    await client.person("bob", "9").devices();
    expect(clock.waits).toEqual([]);
    // Another reader of the same person, with the same application.
    await client.person("ada", "12345678").devices();
    expect(clock.waits).toEqual([12_000]);
    expect(server.calls).toHaveLength(3);
  });
});

describe("a signature", () => {
  test.each([
    [
      ["getnonce", "weighbridge-client", "1700000000"],
      "875e488be06aa955b57d01cc1cf04d9bc298db7d39381d57d3391ac9a73d984b",
    ],
    [
      ["requesttoken", "weighbridge-client", "0123456789abcdef"],
      "4d3e159755bcccfdb8f20ba403a1292a3cfa0ec39060c0724ce06be53285fa52",
    ],
    [
      ["revoke", "weighbridge-client", "0123456789abcdef"],
      "95c47c7074293cc19d695e730bf81bb372ac9fdc3d883f839f1c640ae45b9e46",
    ],
  ])("PUB-SIGN-1: of %j is the one that was computed elsewhere", (values, expected) => {
    expect(signature("weighbridge-secret", ...values)).toBe(expected);
  });

  test("PUB-SIGN-1, PUB-AUTH-18: goes with a revoke, over a nonce of its own, and the stored grant is dropped", async () => {
    const { ada, server, tokens } = await today(({ url }, index) =>
      url === "/v2/signature" ? { status: 0, body: { nonce: `once-${index}` } } : { status: 0, body: {} },
    );
    await ada.signOut();
    expect(server.calls[1]?.parameters).toEqual({
      ...{ action: "revoke", client_id: "client", nonce: "once-0", userid: "12345678" },
      signature: signature("weighbridge-secret", "revoke", "client", "once-0"),
    });
    expect(await tokens.names()).toEqual([]);
  });

  test("PUB-AUTH-18: a consent that is gone already is signed out as well; after an outage it is kept", async () => {
    const gone = await today(({ url }) =>
      url === "/v2/signature" ? { status: 0, body: { nonce: "n" } } : { status: 401, body: {}, error: "gone" },
    );
    await gone.ada.signOut();
    expect(await gone.tokens.names()).toEqual([]);
    const away = await today(() => "<h1>502</h1>", { retries: 0 });
    expect(await caught(away.ada.signOut())).toMatchObject({ actor: "service" });
    expect(await away.tokens.names()).toEqual(["ada"]);
  });

  test("PUB-SIGN-1: that is refused says that client id or secret is wrong", async () => {
    const { client } = await today(() =>
      http(
        200,
        { status: 342, body: {}, error: "The signature is invalid" },
        { date: new Date(START * 1000).toUTCString() },
      ),
    );
    expect(await caught(client.checkClient())).toMatchObject({ code: "wrong_client", actor: "operator" });
  });

  test("PUB-SIGN-2: that is refused while the clocks differ says so instead", async () => {
    const { client } = await today(() =>
      http(200, { status: 100, body: {} }, { date: new Date((START + 7_200) * 1000).toUTCString() }),
    );
    expect(await caught(client.checkClient())).toMatchObject({
      code: "clock_wrong",
      actor: "operator",
      message: expect.stringContaining("7200 s"),
    });
  });
});
