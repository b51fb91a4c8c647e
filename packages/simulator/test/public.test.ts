import { createHmac } from "node:crypto";
import { startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import type { Person, RegisteredApplication, Simulator } from "../src/index.ts";
import {
  type Answer,
  byCode,
  byRefresh,
  call,
  consentUrl,
  getmeas,
  redirect_uri,
  subscribe,
  world,
} from "./support/public.ts";

describe("PUB-SIM-1: the consent page", () => {
  test("PUB-SIM-1: asks who it is, and leads back with a code and the state, or with a refusal", async () => {
    const { sim, ada } = await world();
    const page = await (await fetch(consentUrl(sim))).text();
    expect(page).toContain("ada");
    const decide = (decision: string) =>
      fetch(consentUrl(sim), {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({ userid: String(ada.userId), decision }),
      });
    const back = new URL((await decide("allow")).headers.get("location") as string);
    expect(`${back.origin}${back.pathname}`).toBe(redirect_uri);
    expect(back.searchParams.get("state")).toBe("s");
    expect(await byCode(sim, back.searchParams.get("code") as string)).toMatchObject({ status: 0 });
    const refused = new URL((await decide("deny")).headers.get("location") as string);
    expect(Object.fromEntries(refused.searchParams)).toEqual({ error: "access_denied", state: "s" });
  });

  test.each([
    [{ redirect_uri: "http://localhost:8643/callback/" }, "redirect_uri_mismatch"],
    [{ client_id: "x" }, "invalid_client"],
    [{ state: "" }, "state"],
    [{ scope: "user.info user.metrics" }, "invalid_scope"],
    [{ response_type: "token" }, "response_type"],
  ])("refuses %j in words, and redirects nobody", async (more, words) => {
    const { sim } = await world();
    const response = await fetch(consentUrl(sim, more), { redirect: "manual" });
    expect(response.headers.get("location")).toBeNull();
    expect(JSON.stringify(await response.json())).toContain(words);
  });

  test("PUB-SIM-1: lets the demo person consent without a click", async () => {
    const { sim } = await world();
    const response = await fetch(consentUrl(sim, { mode: "demo" }), { redirect: "manual" });
    expect(response.headers.get("location")).toContain("code=");
  });
});

describe("PUB-SIM-1: a code", () => {
  test("PUB-SIM-1: is good once, for 30 s, with the same redirect", async () => {
    const { sim, ada, app } = await world();
    const invalid = { status: 503, error: "Invalid Params: invalid code" };
    const code = app.codeOf(ada);
    expect(await byCode(sim, code)).toMatchObject({
      status: 0,
      body: { userid: String(ada.userId), expires_in: 10_800 },
    });
    sim.clock.advance(11_000);
    expect(await byCode(sim, code)).toMatchObject(invalid);
    const late = app.codeOf(ada);
    sim.clock.advance(31_000);
    expect(await byCode(sim, late)).toMatchObject(invalid);
    expect(await byCode(sim, app.codeOf(ada), { redirect_uri: "http://localhost/" })).toMatchObject(invalid);
    expect(await byCode(sim, app.codeOf(ada), { client_secret: "wrong" })).toMatchObject({ status: 342 });
  });
});

describe("PUB-SIM-1: a refresh", () => {
  test("PUB-SIM-1: gives a number for the userid, and a new pair; the old token lives until the new access token is used", async () => {
    const { sim, ada, app } = await world();
    const first = app.authorizes(ada);
    const { body } = await byRefresh(sim, first.refreshToken);
    expect(body).toMatchObject({ userid: ada.userId });
    sim.clock.advance(11_000);
    expect(await byRefresh(sim, first.refreshToken)).toMatchObject({ status: 0 });
    await getmeas(sim, body["access_token"] as string);
    sim.clock.advance(11_000);
    expect(await byRefresh(sim, first.refreshToken)).toMatchObject({
      status: 503,
      error: "Invalid Params: invalid refresh_token",
    });
  });

  test("PUB-SIM-1: leaves the old token eight hours, or none where it rotates strictly", async () => {
    const { sim, ada, app } = await world();
    const first = app.authorizes(ada);
    await byRefresh(sim, first.refreshToken);
    sim.clock.advance(8 * 3_600_000 + 1_000);
    expect(await byRefresh(sim, first.refreshToken)).toMatchObject({ status: 503 });
    app.hasQuirks({ rotatesStrictly: true });
    const second = app.authorizes(ada);
    await byRefresh(sim, second.refreshToken);
    sim.clock.advance(11_000);
    expect(await byRefresh(sim, second.refreshToken)).toMatchObject({ status: 503 });
  });

  test("PUB-SIM-2: with the same token within 10 s is 601", async () => {
    const { sim, ada, app } = await world();
    const { refreshToken } = app.authorizes(ada);
    await byRefresh(sim, refreshToken);
    expect(await byRefresh(sim, refreshToken)).toMatchObject({
      status: 601,
      error: "Same arguments in less than 10 seconds",
    });
  });
});

describe("PUB-SIM-1: a signature", () => {
  const sign = (...values: string[]) => createHmac("sha256", "secret").update(values.join(",")).digest("hex");
  const nonce = (sim: Simulator, timestamp: number, signature = sign("getnonce", "client", String(timestamp))) =>
    call(sim, "v2/signature", { action: "getnonce", client_id: "client", timestamp: String(timestamp), signature });

  test("PUB-SIM-1: is checked with the clock, and its nonce is good once", async () => {
    const { sim, ada, app } = await world();
    app.authorizes(ada);
    const now = sim.clock.seconds();
    expect(await nonce(sim, now, sign("x"))).toMatchObject({ status: 342 });
    expect(await nonce(sim, now - 120)).toMatchObject({ status: 342 });
    const { body } = await nonce(sim, now);
    const once = body["nonce"] as string;
    const revoke = () =>
      call(sim, "v2/oauth2", {
        ...{ action: "revoke", client_id: "client", nonce: once, userid: String(ada.userId) },
        signature: sign("revoke", "client", once),
      });
    expect(await revoke()).toMatchObject({ status: 0 });
    expect(await revoke()).toMatchObject({ status: 342 });
  });
});

describe("PUB-SIM-2: a data call", () => {
  const tokenOf = (app: RegisteredApplication, person: Person, scopes?: string[]) =>
    app.authorizes(person, scopes).accessToken;

  test("needs a token that is good, and the scope", async () => {
    const { sim, ada, app } = await world();
    expect(await getmeas(sim, "nonsense")).toMatchObject({
      status: 401,
      error: expect.stringContaining("invalid_token"),
    });
    const { accessToken } = app.authorizes(ada);
    sim.clock.advance(3 * 3_600_000 + 1_000);
    expect(await getmeas(sim, accessToken)).toMatchObject({ status: 401 });
    expect(await getmeas(sim, tokenOf(app, ada, ["user.info"]))).toMatchObject({
      status: 403,
      error: "Insufficient_scope",
    });
  });

  test("is 601 when it repeats within 10 s, over all tokens of the person, with the seconds to wait", async () => {
    const { sim, ada, app } = await world();
    const [a, b] = [tokenOf(app, ada), tokenOf(app, ada)];
    expect(await getmeas(sim, a)).toMatchObject({ status: 0 });
    expect(await getmeas(sim, b)).toMatchObject({ status: 601, body: { wait_seconds: expect.any(Number) } });
    expect(await getmeas(sim, b, { category: "1" })).toMatchObject({ status: 0 });
    sim.clock.advance(10_000);
    expect(await getmeas(sim, b)).toMatchObject({ status: 0 });
  });

  test("is 601 beyond 120 in a minute, for this application alone", async () => {
    const { sim, ada, app } = await world();
    const token = tokenOf(app, ada);
    for (let n = 0; n < 120; n++) await getmeas(sim, token, { startdate: String(n) });
    expect(await getmeas(sim, token, { startdate: "121" })).toMatchObject({ status: 601, error: "Too many requests" });
    expect(await getmeas(sim, tokenOf(sim.application(), ada))).toMatchObject({ status: 0 });
    sim.clock.advance(60_000);
    expect(await getmeas(sim, token, { startdate: "121" })).toMatchObject({ status: 0 });
  });

  test("with lastupdate beside startdate, a wrong value or an unknown parameter is 503", async () => {
    const { sim, ada, app } = await world();
    const token = tokenOf(app, ada);
    for (const wrong of [{ lastupdate: "1", startdate: "1" }, { startdate: "soon" }, { limit: "5" }])
      expect(await getmeas(sim, token, wrong)).toMatchObject({
        status: 503,
        error: expect.stringContaining("Invalid Params"),
      });
  });

  test("of a lapsed plan gives nothing, and no error", async () => {
    const { sim, ada, app } = await world();
    ada.weighsIn({ weight: 80 });
    ada.pausesSharing();
    expect(await getmeas(sim, tokenOf(app, ada))).toMatchObject({ status: 0, body: { measuregrps: [] } });
  });

  test("PUB-SIM-3: shows the same groups as the original API does", async () => {
    const { sim, ada, app } = await world();
    for (let n = 0; n < 3; n++) ada.weighsIn({ weight: 80 + n, fatRatio: 20, at: sim.clock.seconds() - 1_000 + n });
    ada.setsTarget({ weight: 75 });
    const today = await getmeas(sim, tokenOf(app, ada), { category: "1" });
    const key = { action: "getmeas", userid: String(ada.userId), publickey: ada.publicKey, category: "1" };
    const original = await call(sim, "measure", key);
    const plain = (answer: Answer) =>
      (
        answer.body["measuregrps"] as {
          grpid: number;
          date: number;
          measures: { value: number; type: number; unit: number }[];
        }[]
      ).map(({ grpid, date, measures }) => [grpid, date, measures.map(({ value, type, unit }) => [value, type, unit])]);
    expect(plain(today)).toEqual(plain(original));
  });

  test("of goals and devices", async () => {
    const { sim, ada, app } = await world();
    const token = tokenOf(app, ada);
    expect(await call(sim, "v2/user", { action: "getgoals" }, token)).toMatchObject({ body: { goals: [] } });
    ada.setsTarget({ weight: 75.5 });
    sim.clock.advance(10_000);
    expect(await call(sim, "v2/user", { action: "getgoals" }, token)).toMatchObject({
      body: { goals: { weight: { value: 75_500, unit: -3 } } },
    });
    expect(await call(sim, "v2/user", { action: "getdevice" }, token)).toMatchObject({
      body: { devices: [{ type: "Scale", model: "Body Comp", battery: "high" }] },
    });
  });
});

describe("PUB-SIM-2: notifications", () => {
  test("are tried with a HEAD that must be answered with 200, else 293", async () => {
    const { sim, ada, app } = await world();
    const { accessToken } = app.authorizes(ada);
    const { url, callbacks: received } = await startReceiver();
    expect(await subscribe(sim, accessToken, url, 1)).toMatchObject({ status: 0 });
    expect(received.map(({ method }) => method)).toEqual(["HEAD"]);
    expect(await subscribe(sim, accessToken, "http://127.0.0.1:9/", 1)).toMatchObject({ status: 293 });
    for (const bad of ["http://home.example.org/", "https://home.example.org:8480/", "https://192.0.2.1/", "nonsense"])
      expect(await subscribe(sim, accessToken, bad, 1)).toMatchObject({ status: 293 });
  });

  test("of a weigh-in with a pulse come several times, in the categories that were subscribed", async () => {
    const { sim, ada, app } = await world();
    const { accessToken } = app.authorizes(ada);
    const { url, callbacks: received } = await startReceiver();
    for (const appli of [1, 4, 46]) await subscribe(sim, accessToken, url, appli);
    received.length = 0;
    const { date } = ada.weighsIn({ weight: 80, heartPulse: 60 });
    await sim.settled();
    const window = `userid=${ada.userId}&startdate=${date - 1}&enddate=${date}`;
    expect(received.map(({ body }) => body).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      ...[`${window}&appli=1`, `${window}&appli=1`, `${window}&appli=4`, `${window}&appli=4`],
    ]);
  });

  test("of a goal, an unlink and a deleted account go to category 46", async () => {
    const { sim, ada, app } = await world();
    const { url, callbacks: received } = await startReceiver();
    for (const [act, action] of [
      [() => ada.setsTarget({ weight: 70 }), "update"],
      [() => app.unlinks(ada), "unlink"],
      [() => app.deletes(ada), "delete"],
    ] as const) {
      const { accessToken } = app.authorizes(ada);
      await subscribe(sim, accessToken, url, 46);
      received.length = 0;
      act();
      await sim.settled();
      expect(received.map(({ body }) => body)).toEqual([`userid=${ada.userId}&appli=46&action=${action}`]);
      sim.clock.advance(11_000);
    }
    expect(await getmeas(sim, app.authorizes(ada).accessToken)).toMatchObject({ status: 0 });
  });

  test("that nobody takes are tried ten times, and the subscription stays; one category can be lost alone", async () => {
    const { sim, ada, app } = await world();
    const { accessToken } = app.authorizes(ada);
    const { url, callbacks: received, answers } = await startReceiver();
    app.hasQuirks({ callbacks: 1 });
    for (const appli of [1, 4]) await subscribe(sim, accessToken, url, appli);
    received.length = 0;
    answers.status = 500;
    ada.weighsIn({ weight: 80 });
    for (let n = 0; n < 12; n++) {
      await sim.settled();
      sim.clock.advance(14_400_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sim.settled();
    expect(received).toHaveLength(10);
    expect(app.subscriptionsOf(ada).map(({ appli }) => appli)).toEqual([1, 4]);
    app.losesSubscription(ada, 4);
    expect(app.subscriptionsOf(ada).map(({ appli }) => appli)).toEqual([1]);
  });

  test("list shows no expiry, revoke and get say what is not there, update changes one thing", async () => {
    const { sim, ada, app } = await world();
    const { accessToken } = app.authorizes(ada);
    const { url } = await startReceiver();
    const notify = (parameters: object) => call(sim, "notify", parameters, accessToken);
    await subscribe(sim, accessToken, url, 1);
    expect(await notify({ action: "list" })).toMatchObject({
      body: { profiles: [{ appli: 1, callbackurl: url, expires: 2_147_483_647, comment: null }] },
    });
    expect(await notify({ action: "get", callbackurl: url, appli: "4" })).toMatchObject({ status: 286 });
    expect(await notify({ action: "revoke", callbackurl: url, appli: "4" })).toMatchObject({ status: 294 });
    expect(await notify({ action: "update", callbackurl: url, appli: "4", comment: "c" })).toMatchObject({
      status: 343,
    });
    expect(
      await notify({ action: "update", callbackurl: url, appli: "1", comment: "c", new_appli: "4" }),
    ).toMatchObject({ status: 503 });
    expect(await notify({ action: "update", callbackurl: url, appli: "1", new_appli: "4" })).toMatchObject({
      status: 0,
    });
    sim.clock.advance(11_000);
    expect(await notify({ action: "revoke", callbackurl: url, appli: "4" })).toMatchObject({ status: 0 });
  });
});

test("PUB-SIM-2: an access token goes to no log, nor does any secret", async () => {
  const { sim, ada, app } = await world();
  const { accessToken, refreshToken } = app.authorizes(ada);
  await getmeas(sim, accessToken);
  await byRefresh(sim, refreshToken);
  const text = JSON.stringify(sim.log);
  for (const secret of [accessToken, refreshToken, "secret"]) expect(text).not.toContain(`"${secret}"`);
});
