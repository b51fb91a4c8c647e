import { createHash } from "node:crypto";
import { START, simulate, startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import type { Simulator } from "../src/index.ts";
import { ask, call, keyOf, statusOf } from "./support/calls.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const ABSENT = undefined;

async function home() {
  const sim = await simulate();
  // A key of digits alone has no upper case, which a test needs: it is given, not random.
  const publicKey = "b71c95f56053f7cd";
  const ada = sim.person("Ada", { email: "Ada@example.org", password: "pässword", publicKey });
  return { sim, ada, key: keyOf(ada) };
}

async function proofOf(sim: Simulator, email: string, password: string) {
  const { body } = await ask(sim, "once/get", {});
  return md5(`${email.toLowerCase()}:${md5(password)}:${body.once}`);
}

describe("the envelope", () => {
  test.each(["GET", "POST"] as const)("%s answers with HTTP 200 and JSON as text/plain", async (method) => {
    const { sim } = await home();
    const response = await call(sim, "once/probe", {}, method);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain"]);
    expect(await response.json()).toEqual({ status: 0 });
  });

  test("an absent or unknown action is 2554, an unknown service is 2556 with HTTP 403", async () => {
    const { sim } = await home();
    expect(await statusOf(sim, "once/probee", {})).toBe(2554);
    expect(await statusOf(sim, "once/toString", {})).toBe(2554);
    expect(await statusOf(sim, "once", {})).toBe(2554);
    const response = await call(sim, "twice/probe", {});
    expect([response.status, (await response.json()) as unknown]).toEqual([403, { status: 2556 }]);
    expect(await statusOf(sim, "constructor/probe", {})).toBe(2556);
  });

  test("a parameter that the action does not know is 2555, for every action", async () => {
    const { sim, key } = await home();
    const receiver = await startReceiver();
    const watch = { ...key, callbackurl: receiver.url };
    const calls = {
      "once/probe": {},
      "once/get": {},
      "account/getuserslist": { email: "ada@example.org", hash: "x" },
      "user/getbyuserid": key,
      "user/update": { ...key, ispublic: 1 },
      "measure/getmeas": key,
      "notify/subscribe": { ...watch, comment: "c" },
      "notify/get": watch,
      "notify/list": key,
      "notify/revoke": watch,
    };
    for (const [path, parameters] of Object.entries(calls))
      expect(await statusOf(sim, path, { ...parameters, user_id: 1 }), path).toBe(2555);
    expect(receiver.callbacks).toEqual([]);
  });

  test("a parameter that is sent twice is 2555, also once in the query and once in the body", async () => {
    const { sim, ada, key } = await home();
    const body = new URLSearchParams({ action: "getmeas", ...key, userid: String(ada.userId) });
    const twice = await fetch(`${sim.url}measure?userid=${ada.userId}`, { method: "POST", body });
    expect(await twice.json()).toEqual({ status: 2555 });
    const inQuery = await fetch(`${sim.url}once?action=probe&action=probe`);
    expect(await inQuery.json()).toEqual({ status: 2555 });
  });

  test("what is neither GET nor a POST of a form is 2555", async () => {
    const { sim } = await home();
    const wrong = [
      fetch(`${sim.url}once?action=probe`, { method: "PUT" }),
      fetch(`${sim.url}once?action=probe`, { method: "DELETE" }),
      fetch(`${sim.url}once`, { method: "POST", body: JSON.stringify({ action: "probe" }) }),
    ];
    for (const response of await Promise.all(wrong)) expect(await response.json()).toEqual({ status: 2555 });
  });

  test("a body that is too large is HTTP 413", async () => {
    const { sim } = await home();
    const body = new URLSearchParams({ action: "probe", x: "x".repeat(70_000) });
    expect((await fetch(`${sim.url}once`, { method: "POST", body })).status).toBe(413);
  });
});

describe("who is meant", () => {
  const WITH_USER = [
    "user/getbyuserid",
    "user/update",
    "measure/getmeas",
    "notify/subscribe",
    "notify/get",
    "notify/list",
    "notify/revoke",
  ];

  test.each(WITH_USER)("%s: an absent, malformed or unknown userid is 247", async (path) => {
    const { sim, key } = await home();
    for (const userid of [ABSENT, "", "ada", "-1", "1.5", "01", "999999"])
      expect(await statusOf(sim, path, { ...key, userid }), `userid ${userid}`).toBe(247);
  });

  test.each(WITH_USER)("%s: an absent or mismatching publickey is 250", async (path) => {
    const { sim, key } = await home();
    const other = sim.person("Ben").publicKey;
    for (const publickey of [ABSENT, "", "x", other, key.publickey.toUpperCase()])
      expect(await statusOf(sim, path, { ...key, publickey }), `publickey ${publickey}`).toBe(250);
  });

  test.each(WITH_USER.filter((path) => path !== "user/update"))(
    "%s: a person who does not share is 250",
    async (path) => {
      const { sim, ada } = await home();
      ada.stopsSharing();
      expect(await statusOf(sim, path, keyOf(ada))).toBe(250);
    },
  );
});

describe("account/getuserslist", () => {
  test("takes the hash of email, password and one-time string, once", async () => {
    const { sim, ada } = await home();
    const hash = await proofOf(sim, "ada@example.org", "pässword");
    const { status, body } = await ask(sim, "account/getuserslist", { email: "ada@EXAMPLE.org", hash });
    expect(status).toBe(0);
    expect(body.users).toMatchObject([{ id: ada.userId, publickey: ada.publicKey }]);
    expect(await statusOf(sim, "account/getuserslist", { email: "ada@example.org", hash })).toBe(100);
  });

  test("an absent or unknown email is 264, an absent or wrong hash is 100", async () => {
    const { sim } = await home();
    const right = await proofOf(sim, "ada@example.org", "pässword");
    const wrong = await proofOf(sim, "ada@example.org", "password");
    const status = (email: string | undefined, hash: string | undefined) =>
      statusOf(sim, "account/getuserslist", { email, hash });
    expect(await status(ABSENT, right)).toBe(264);
    expect(await status("ben@example.org", right)).toBe(264);
    expect(await status("ada@example.org", ABSENT)).toBe(100);
    expect(await status("ada@example.org", wrong)).toBe(100);
    expect(await status("ada@example.org", right)).toBe(0);
  });

  test("a one-time string ends after ten minutes", async () => {
    const { sim } = await home();
    const hash = await proofOf(sim, "ada@example.org", "pässword");
    sim.clock.advance(600_000);
    expect(await statusOf(sim, "account/getuserslist", { email: "ada@example.org", hash })).toBe(100);
  });
});

describe("user", () => {
  test("getbyuserid gives the person, without their key", async () => {
    const { sim, ada, key } = await home();
    const { body } = await ask(sim, "user/getbyuserid", key);
    expect(body).toMatchObject({ users: [{ id: ada.userId, firstname: "Ada", ispublic: 1 }] });
    expect(JSON.stringify(body)).not.toContain(ada.publicKey);
  });

  test("update: an absent or malformed ispublic is 2555, and changes nothing", async () => {
    const { sim, ada, key } = await home();
    for (const ispublic of [ABSENT, "", "2", "-1", "true", "01"])
      expect(await statusOf(sim, "user/update", { ...key, ispublic }), `ispublic ${ispublic}`).toBe(2555);
    expect(ada.isSharing).toBe(true);
  });

  test("switching sharing off makes the key invalid; the new one switches it on again", async () => {
    const { sim, ada, key } = await home();
    expect(await statusOf(sim, "user/update", { ...key, ispublic: 0 })).toBe(0);
    expect(ada.publicKey).not.toBe(key.publickey);
    expect(await statusOf(sim, "user/update", { ...key, ispublic: 1 })).toBe(250);
    expect(await statusOf(sim, "user/update", { ...keyOf(ada), ispublic: 1 })).toBe(0);
    expect(await statusOf(sim, "measure/getmeas", key)).toBe(250);
    expect(await statusOf(sim, "measure/getmeas", keyOf(ada))).toBe(0);
  });
});

describe("measure/getmeas", () => {
  const FILTERS = ["startdate", "enddate", "lastupdate", "category", "meastype", "limit", "offset", "offsetby"];

  test.each(FILTERS)("a malformed %s is 2555", async (name) => {
    const { sim, key } = await home();
    for (const value of ["", "x", "-1", "1.5", "1e3", "01", " 1", "9".repeat(16)])
      expect(await statusOf(sim, "measure/getmeas", { ...key, [name]: value }), JSON.stringify(value)).toBe(2555);
  });

  test.each([
    { category: 3 },
    { category: 0 },
    { limit: 0 },
    { startdate: START, enddate: START - 1 },
    { offset: 1, offsetby: 2 },
  ])("%j is 2555", async (filters) => {
    const { sim, key } = await home();
    expect(await statusOf(sim, "measure/getmeas", { ...key, ...filters })).toBe(2555);
  });

  test("answers with its clock, and newest groups first", async () => {
    const { sim, ada, key } = await home();
    const old = ada.weighsIn({ weight: 70, at: START - 86_400 });
    const target = ada.setsTarget({ weight: 65, at: START - 3_600 });
    const now = ada.weighsIn({ weight: 69.5, fatRatio: 20 });
    const ids = async (filters: object) =>
      (await ask(sim, "measure/getmeas", { ...key, ...filters })).body.measuregrps.map(
        ({ grpid }: { grpid: number }) => grpid,
      );
    const { body } = await ask(sim, "measure/getmeas", key);
    expect(body).toMatchObject({
      updatetime: START,
      measuregrps: [{ measures: [{ value: 69_500, type: 1, unit: -3 }, {}, {}, {}] }, {}, {}],
    });
    expect(body).not.toHaveProperty("more");
    expect(await ids({})).toEqual([now.grpid, target.grpid, old.grpid]);
    expect(await ids({ category: 2 })).toEqual([target.grpid]);
    expect(await ids({ startdate: START - 3_600 })).toEqual([now.grpid, target.grpid]);
    expect(await ids({ enddate: START - 3_600 })).toEqual([target.grpid, old.grpid]);
    expect(await ids({ limit: 1 })).toEqual([now.grpid]);
    expect(await ids({ offset: 1, limit: 1 })).toEqual([target.grpid]);
    expect(await ids({ offsetby: 2 })).toEqual([old.grpid]);
    expect(await ids({ offset: 1, offsetby: 1, limit: 1 })).toEqual([target.grpid]);
  });

  test("a measure type shows only the measures of that type", async () => {
    const { sim, ada, key } = await home();
    ada.weighsIn({ weight: 69.5, fatRatio: 20 });
    ada.setsHeight(1.68);
    const { body } = await ask(sim, "measure/getmeas", { ...key, meastype: 6 });
    expect(body.measuregrps).toMatchObject([{ measures: [{ value: 200, type: 6, unit: -1 }] }]);
  });

  test("lastupdate gives what was added or edited since, whenever it was measured; a deletion is not told", async () => {
    const { sim, ada, key } = await home();
    const first = ada.weighsIn({ weight: 70, at: START - 86_400 });
    const gone = ada.weighsIn({ weight: 71, at: START - 80_000 });
    sim.clock.advance(60_000);
    const since = async () => (await ask(sim, "measure/getmeas", { ...key, lastupdate: START + 60 })).body.measuregrps;
    expect(await since()).toEqual([]);
    ada.edits(first.grpid, { weight: 70.5 });
    ada.deletes(gone.grpid);
    expect(await since()).toMatchObject([{ grpid: first.grpid, measures: [{ value: 70_500 }] }]);
  });
});

test("the log of calls tells why each was refused, and keeps no secret", async () => {
  const { sim, ada, key } = await home();
  const hash = await proofOf(sim, "ada@example.org", "wrong");
  await ask(sim, "account/getuserslist", { email: "ada@example.org", hash });
  await ask(sim, "measure/getmeas", { ...key, limit: 0 });
  await ask(sim, "measure/getmeas", { ...key, publickey: "mine" });
  const refused = sim.log.filter((entry) => entry.kind === "call" && entry.status !== 0);
  expect(refused).toMatchObject([
    { service: "account", status: 100, reason: expect.stringContaining("one-time") },
    { service: "measure", status: 2555, reason: "limit must be at least 1", parameters: { limit: "0" } },
    { service: "measure", status: 250, reason: expect.stringContaining("publickey") },
  ]);
  for (const secret of [ada.publicKey, hash, '"mine"', "pässword"])
    expect(JSON.stringify(sim.log)).not.toContain(secret);
});
