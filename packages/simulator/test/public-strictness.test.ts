import { createHmac } from "node:crypto";
import { startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { PUBLIC_LIMITS } from "../src/applications/limits.ts";
import type { Simulator } from "../src/index.ts";
import { byCode, byRefresh, call, getmeas, redirect_uri, subscribe, world } from "./support/public.ts";

const sign = (...values: string[]) => createHmac("sha256", "secret").update(values.join(",")).digest("hex");

async function nonceOf(sim: Simulator): Promise<string> {
  const timestamp = String(sim.clock.seconds());
  const signature = sign("getnonce", "client", timestamp);
  const { body } = await call(sim, "v2/signature", { action: "getnonce", client_id: "client", timestamp, signature });
  return body["nonce"] as string;
}

/** Lets pending callbacks run, and what they start. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("PUB-SIM-1: tokens", () => {
  test("are given for a signature in place of the secret, once for each nonce", async () => {
    const { sim, ada, app } = await world();
    const nonce = await nonceOf(sim);
    const exchange = () =>
      call(sim, "v2/oauth2", {
        ...{ action: "requesttoken", grant_type: "authorization_code", client_id: "client", redirect_uri },
        ...{ code: app.codeOf(ada), nonce, signature: sign("requesttoken", "client", nonce) },
      });
    expect(await exchange()).toMatchObject({ status: 0, body: { userid: String(ada.userId) } });
    expect(await exchange()).toMatchObject({ status: 342 });
  });

  test("of the demo person are given without a browser, for a signature only", async () => {
    const { sim } = await world();
    const demo = { action: "getdemoaccess", client_id: "client", scope_oauth2: "user.info,user.metrics" };
    expect(await call(sim, "v2/oauth2", { ...demo, client_secret: "secret" })).toMatchObject({ status: 503 });
    const nonce = await nonceOf(sim);
    const signature = sign("getdemoaccess", "client", nonce);
    const { body } = await call(sim, "v2/oauth2", { ...demo, nonce, signature });
    expect(body).toMatchObject({ scope: "user.info,user.metrics", token_type: "Bearer" });
    const answer = await getmeas(sim, body["access_token"] as string);
    expect(answer.body["measuregrps"]).toHaveLength(7);
    const second = await nonceOf(sim);
    const wrong = { ...demo, scope_oauth2: "user.everything", nonce: second };
    expect(
      await call(sim, "v2/oauth2", { ...wrong, signature: sign("getdemoaccess", "client", second) }),
    ).toMatchObject({ status: 503 });
  });

  test("that were never used end, too, when a later access token is used", async () => {
    const { sim, ada, app } = await world();
    const first = app.authorizes(ada);
    const second = (await byRefresh(sim, first.refreshToken)).body;
    const third = (await byRefresh(sim, second["refresh_token"])).body;
    await getmeas(sim, third["access_token"] as string);
    sim.clock.advance(11_000);
    for (const old of [first.refreshToken, second["refresh_token"]])
      expect(await byRefresh(sim, old)).toMatchObject({ status: 503, error: "Invalid Params: invalid refresh_token" });
    expect(await byRefresh(sim, third["refresh_token"])).toMatchObject({ status: 0 });
  });

  test.each([
    ["recorded", "string", "number"],
    ["string", "string", "string"],
    ["number", "number", "number"],
  ] as const)("carry the userid as %s: a %s after a code, a %s after a refresh", async (userId, afterCode, later) => {
    const { sim, ada, app } = await world();
    app.hasQuirks({ userId });
    const { body } = await byCode(sim, app.codeOf(ada));
    expect(typeof body["userid"]).toBe(afterCode);
    const refreshed = await byRefresh(sim, body["refresh_token"]);
    expect(typeof refreshed.body["userid"]).toBe(later);
  });

  test("are not changed by an answer that a fault empties, and are rotated by one that is lost", async () => {
    const { sim, ada, app } = await world();
    const { refreshToken } = app.authorizes(ada);
    sim.fail("empty").times(1);
    expect(await byRefresh(sim, refreshToken)).toEqual({ status: 0, body: {} });
    sim.fail("lose-answer").times(1);
    await expect(byRefresh(sim, refreshToken)).rejects.toThrow();
    expect(await byRefresh(sim, refreshToken)).toMatchObject({ status: 601 });
    sim.clock.advance(10_000);
    expect(await byRefresh(sim, refreshToken)).toMatchObject({ status: 0 });
  });
});

describe("PUB-SIM-3: the way", () => {
  test("is chosen by an access token in the form as well, which makes no two calls different", async () => {
    const { sim, ada, app } = await world();
    ada.weighsIn({ weight: 70 });
    const [one, other] = [app.authorizes(ada), app.authorizes(ada)];
    const ask = ({ accessToken }: { accessToken: string }) =>
      call(sim, "measure", { action: "getmeas", access_token: accessToken });
    expect(await ask(one)).toMatchObject({ status: 0, body: { measuregrps: [{ category: 1 }] } });
    expect(await ask(other)).toMatchObject({ status: 601 });
  });

  test("of a publickey stays the original one", async () => {
    const { sim, ada } = await world();
    const key = { action: "getmeas", userid: String(ada.userId), publickey: ada.publicKey };
    expect(await call(sim, "measure", key)).toMatchObject({ status: 0 });
  });
});

describe("PUB-SIM-2: a call", () => {
  test("that is no POST form is 503", async () => {
    const { sim, ada, app } = await world();
    const headers = { authorization: `Bearer ${app.authorizes(ada).accessToken}` };
    const ways: [string, RequestInit][] = [
      ["measure?action=getmeas", { headers }],
      ["measure?action=getmeas", { method: "POST", headers }],
      ["measure", { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: "{}" }],
    ];
    for (const [path, init] of ways)
      expect(await (await fetch(`${sim.url}${path}`, init)).json(), path).toMatchObject({ status: 503 });
  });

  test("is answered with the service's clock in the Date header", async () => {
    const { sim } = await world();
    sim.clock.advance(86_400_000);
    const response = await fetch(`${sim.url}v2/user`, { method: "POST", body: new URLSearchParams({ action: "x" }) });
    expect(Date.parse(response.headers.get("date") as string)).toBe(sim.clock.seconds() * 1000);
    expect(await response.json()).toMatchObject({ status: 2554 });
  });

  test("is logged with its application and person, and without proofs", async () => {
    const { sim, ada, app } = await world();
    await getmeas(sim, app.authorizes(ada).accessToken);
    expect(sim.log.at(-1)).toMatchObject({ kind: "call", application: app.name, person: "ada", parameters: {} });
    await byRefresh(sim, "nonsense");
    expect(sim.log.at(-1)).toMatchObject({ application: app.name, status: 503 });
    expect(sim.log.at(-1)).not.toHaveProperty("person");
  });

  test("that fails on demand with 601 names the seconds to wait where they were given", async () => {
    const { sim, ada, app } = await world();
    const { accessToken } = app.authorizes(ada);
    sim.fail("601", { ms: 188_000 }).times(1);
    expect(await getmeas(sim, accessToken)).toMatchObject({ status: 601, body: { wait_seconds: 188 } });
    sim.fail("601").times(1);
    expect(await getmeas(sim, accessToken)).toMatchObject({ status: 601, body: {} });
  });
});

describe("PUB-SIM-2: a page of measures", () => {
  test.each([
    ["absent", undefined, undefined],
    [0, 0, 0],
    [false, false, 0],
  ] as const)("that is the last one says %s", async (lastMore, more, offset) => {
    const { sim, ada, app } = await world();
    for (let n = 0; n < 3; n++) ada.weighsIn({ weight: 70 + n });
    app.hasQuirks({ pageSize: 2, lastMore });
    const { accessToken } = app.authorizes(ada);
    const first = await getmeas(sim, accessToken);
    expect(first.body).toMatchObject({ more: 1, offset: 2 });
    const last = await getmeas(sim, accessToken, { offset: "2" });
    expect([last.body["more"], last.body["offset"]]).toEqual([more, offset]);
  });

  test("is the first one again where a fault ignores the offset", async () => {
    const { sim, ada, app } = await world();
    for (let n = 0; n < 3; n++) ada.weighsIn({ weight: 70 + n });
    app.hasQuirks({ pageSize: 2 });
    const { accessToken } = app.authorizes(ada);
    const first = await getmeas(sim, accessToken);
    sim.fail("ignore-offset").times(1);
    const again = await getmeas(sim, accessToken, { offset: "2" });
    expect(again.body["measuregrps"]).toEqual(first.body["measuregrps"]);
  });
});

describe("PUB-SIM-2: a subscription", () => {
  test.each([
    "http://localhost.example.org/",
    "http://127.example.org/",
    "https://[2001:db8::a]/",
    "https://home/",
    "ftp://home.example.org/",
    `http://127.0.0.1/${"x".repeat(240)}`,
  ])("to %s is 293, without a look", async (callbackurl) => {
    const { sim, ada, app } = await world();
    expect(await subscribe(sim, app.authorizes(ada).accessToken, callbackurl, 1)).toMatchObject({ status: 293 });
    expect(sim.log.filter(({ kind }) => kind === "callback")).toEqual([]);
  });

  test.each([204, 302, 404, 405, 500])("whose URL answers a HEAD with %i is 293", async (status) => {
    const { sim, ada, app } = await world();
    const { url, answers } = await startReceiver();
    answers.status = status;
    expect(await subscribe(sim, app.authorizes(ada).accessToken, url, 1)).toMatchObject({ status: 293 });
    expect(sim.log.at(-2)).toMatchObject({ kind: "callback", isProbe: true, application: app.name });
  });

  test("with too long a comment is 304", async () => {
    const { sim, ada, app } = await world();
    const { url } = await startReceiver();
    const asked = { action: "subscribe", callbackurl: url, appli: "1", comment: "x".repeat(256) };
    expect(await call(sim, "notify", asked, app.authorizes(ada).accessToken)).toMatchObject({ status: 304 });
  });

  test("of a category beyond the scope is 403, also by an update", async () => {
    const { sim, ada, app } = await world();
    const { url } = await startReceiver();
    const { accessToken } = app.authorizes(ada);
    expect(await subscribe(sim, accessToken, url, 16)).toMatchObject({ status: 403 });
    await subscribe(sim, accessToken, url, 1);
    const update = { action: "update", callbackurl: url, appli: "1" };
    expect(await call(sim, "notify", { ...update, new_appli: "16" }, accessToken)).toMatchObject({ status: 403 });
    expect(await call(sim, "notify", { ...update, new_appli: "99" }, accessToken)).toMatchObject({ status: 503 });
    const elsewhere = { ...update, new_callbackurl: "http://127.0.0.1:9/" };
    expect(await call(sim, "notify", elsewhere, accessToken)).toMatchObject({ status: 293 });
    expect(app.subscriptionsOf(ada)).toEqual([{ appli: 1, callbackUrl: url, comment: null }]);
  });

  test("made twice is one profile, or two where the service duplicates", async () => {
    const { sim, ada, app } = await world();
    const { url } = await startReceiver();
    const { accessToken } = app.authorizes(ada);
    const again = () => {
      sim.clock.advance(10_000);
      return subscribe(sim, accessToken, url, 1);
    };
    await again();
    await again();
    expect(app.subscriptionsOf(ada)).toHaveLength(1);
    app.hasQuirks({ duplicatesProfiles: true });
    await again();
    expect(app.subscriptionsOf(ada)).toHaveLength(2);
  });
});

describe("PUB-SIM-2: a callback that nobody takes", () => {
  async function failing() {
    const { sim, ada, app } = await world();
    const { url, callbacks, answers } = await startReceiver();
    app.hasQuirks({ callbacks: 1 });
    await subscribe(sim, app.authorizes(ada).accessToken, url, 1);
    callbacks.length = 0;
    answers.status = 500;
    return { sim, ada, app, callbacks, answers };
  }

  test("is tried five times two, at the documented times, and no eleventh time", async () => {
    const { sim, ada, callbacks } = await failing();
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    for (const [index, waitS] of PUBLIC_LIMITS.retryAfterS.entries()) {
      sim.clock.advance(waitS * 1000 - 1);
      await turn();
      await sim.settled();
      expect(callbacks, `just before ${waitS} s`).toHaveLength(index + 1);
      sim.clock.advance(1);
      await expect.poll(() => callbacks.length).toBe(index + 2);
      await sim.settled();
    }
    const startsAtS = PUBLIC_LIMITS.retryAfterS.map((_, index, waits) =>
      waits.slice(0, index + 1).reduce((sum, waitS) => sum + waitS, 0),
    );
    expect(startsAtS).toEqual([5, 10, 15, 60, 120, 3_600, 3_720, 14_400, 14_580]);
    sim.clock.advance(86_400_000);
    await turn();
    await sim.settled();
    expect(callbacks).toHaveLength(10);
  });

  test("for twenty days ends its subscription; one that is taken meanwhile starts them anew", async () => {
    const { sim, ada, app, answers } = await failing();
    const weighsIn = async () => {
      ada.weighsIn({ weight: 70 });
      await sim.settled();
    };
    await weighsIn();
    sim.clock.advance(19 * 86_400_000);
    await weighsIn();
    expect(app.subscriptionsOf(ada)).toHaveLength(1);
    answers.status = 200;
    await weighsIn();
    answers.status = 500;
    sim.clock.advance(86_400_000);
    await weighsIn();
    sim.clock.advance(19 * 86_400_000);
    await weighsIn();
    expect(app.subscriptionsOf(ada)).toHaveLength(1);
    sim.clock.advance(86_400_000);
    await weighsIn();
    expect(app.subscriptionsOf(ada)).toEqual([]);
  });
});
