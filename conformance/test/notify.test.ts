import { type PersonApi, parseNotification, type Window } from "@weighbridge/core";
import { START, simulate, startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { clientOf, keyOf } from "./support/client.ts";

const WEEK = 7 * 86_400;
const comment = "Weighbridge in the kitchen";

async function subscribed() {
  const sim = await simulate();
  const ada = sim.person("ada");
  const receiver = await startReceiver();
  const api = clientOf(sim).person(keyOf(ada));
  await api.subscribe(receiver.url, comment);
  const probes = receiver.callbacks.splice(0);
  return { sim, ada, api, receiver, probes };
}

async function idsOf(pages: ReturnType<PersonApi["measureGroups"]>) {
  const ids: number[] = [];
  for await (const { groups } of pages) ids.push(...groups.map(({ id }) => id));
  return ids;
}

describe("subscribing", () => {
  test("WBS-NOTIFY-1: watches one user, with a comment", async () => {
    const { sim, ada, receiver } = await subscribed();
    const ben = sim.person("ben");
    ben.weighsIn({ weight: 90 });
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    expect(receiver.callbacks.map(({ body }) => new URLSearchParams(body).get("userid"))).toEqual([`${ada.userId}`]);
    expect(ada.subscriptions.live).toMatchObject([{ callbackUrl: receiver.url, comment }]);
  });

  test("WBS-NOTIFY-9: calls the URL without a userid first, and wants 200", async () => {
    const { probes } = await subscribed();
    expect(probes).toMatchObject([{ method: "POST" }]);
    expect(parseNotification({ query: probes[0]?.query ?? "", body: probes[0]?.body ?? "" })).toEqual({
      kind: "probe",
    });
  });

  test("WBS-NOTIFY-2, WBS-NOTIFY-9: to a URL that does not answer 200 is refused with 293", async () => {
    const sim = await simulate();
    const receiver = await startReceiver();
    receiver.answers.status = 404;
    const api = clientOf(sim).person(keyOf(sim.person("ada")));
    await expect(api.subscribe(receiver.url, comment)).rejects.toMatchObject({
      status: 293,
      code: "callback_url_refused",
      actor: "operator",
    });
  });

  test.each([
    ["an unknown user", { userId: 999_999 }, 247, "operator"],
    ["a wrong key", { publicKey: "0000000000000000" }, 250, "person"],
  ])("WBS-NOTIFY-2: for %s is refused", async (_, wrong, status, actor) => {
    const sim = await simulate();
    const api = clientOf(sim).person({ ...keyOf(sim.person("ada")), ...wrong });
    await expect(api.subscribe("http://127.0.0.1:9/hook", comment)).rejects.toMatchObject({
      status,
      actor,
      remedy: expect.stringMatching(/\w/),
    });
  });

  test.each([
    [304, "comment_refused", "caller"],
    [2555, "unknown_error", "service"],
  ])("WBS-NOTIFY-2: that ends with status %d is %s", async (status, code, actor) => {
    const sim = await simulate();
    sim.fail(`${status}`, { service: "notify" });
    const api = clientOf(sim).person(keyOf(sim.person("ada")));
    await expect(api.subscribe("http://127.0.0.1:9/hook", comment)).rejects.toMatchObject({ status, code, actor });
  });

  test.each([
    ["callbackurl", 293],
    ["comment", 304],
  ])("WBS-NOTIFY-2: the service refuses a call without %s with %d", async (missing, status) => {
    const sim = await simulate();
    const ada = sim.person("ada");
    const receiver = await startReceiver();
    const parameters = new URLSearchParams({
      action: "subscribe",
      userid: `${ada.userId}`,
      publickey: ada.publicKey,
      callbackurl: receiver.url,
      comment,
    });
    parameters.delete(missing);
    const answer = await fetch(new URL("notify", sim.url), { method: "POST", body: parameters });
    expect(await answer.json()).toMatchObject({ status });
  });

  test("WBS-NOTIFY-8: to a user who does not share is refused with 250", async () => {
    const sim = await simulate();
    const receiver = await startReceiver();
    const api = clientOf(sim).person(keyOf(sim.person("ada", { isSharing: false })));
    await expect(api.subscribe(receiver.url, comment)).rejects.toMatchObject({ status: 250, code: "not_shared" });
  });

  test("WBS-NOTIFY-8: a seventeenth time is refused, renewing the sixteenth is not", async () => {
    const sim = await simulate();
    const receiver = await startReceiver();
    const api = clientOf(sim).person(keyOf(sim.person("ada")));
    for (let index = 1; index <= 16; index++) await api.subscribe(`${receiver.url}/${index}`, comment);
    await api.subscribe(`${receiver.url}/16`, comment);
    await expect(api.subscribe(`${receiver.url}/17`, comment)).rejects.toMatchObject({ name: "RejectedError" });
  });
});

describe("a notification", () => {
  test("WBS-NOTIFY-3: is a POST whose dates, given to getmeas, bring what was measured", async () => {
    const { sim, ada, api, receiver } = await subscribed();
    ada.weighsIn({ weight: 80, at: START - 86_400 });
    const { grpid } = ada.weighsIn({ weight: 81.4 });
    await sim.settled();
    const [, callback] = receiver.callbacks;
    expect(callback?.method).toBe("POST");
    const notification = parseNotification({ query: callback?.query ?? "", body: callback?.body ?? "" });
    if (notification.kind !== "notification") throw new Error(`it is a ${notification.kind}`);
    expect(notification).toMatchObject({ userId: api.userId, window: { from: START } });
    expect(await idsOf(api.measureGroups(notification.window as Window))).toEqual([grpid]);
  });

  test("WBS-NOTIFY-4: comes when a measure or a target is added, modified or deleted", async () => {
    const { sim, ada, receiver } = await subscribed();
    const deeds = [
      () => ada.weighsIn({ weight: 80 }).grpid,
      (grpid: number) => ada.edits(grpid, { weight: 79 }).grpid,
      (grpid: number) => ada.deletes(grpid),
      () => ada.setsTarget({ weight: 75 }).grpid,
      (grpid: number) => ada.edits(grpid, { weight: 74 }).grpid,
      (grpid: number) => ada.deletes(grpid),
    ];
    const counts: number[] = [];
    let grpid = 0;
    for (const deed of deeds) {
      grpid = deed(grpid) ?? 0;
      await sim.settled();
      counts.push(receiver.callbacks.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("a subscription", () => {
  test("WBS-NOTIFY-5, WBS-NOTIFY-6: lasts three weeks, and tells its expiry and comment", async () => {
    const { sim, ada, api, receiver } = await subscribed();
    expect(await api.subscription(receiver.url)).toEqual({
      callbackUrl: receiver.url,
      comment,
      expiresAt: START + 3 * WEEK,
    });
    sim.clock.advance(3 * WEEK * 1000);
    expect(await api.subscription(receiver.url)).toBeUndefined();
    ada.weighsIn({ weight: 80 });
    await sim.settled();
    expect(receiver.callbacks).toEqual([]);
  });

  test("WBS-NOTIFY-5: that is made again is renewed", async () => {
    const { sim, ada, api, receiver } = await subscribed();
    sim.clock.advance(2 * WEEK * 1000);
    await api.subscribe(receiver.url, comment);
    expect(await api.subscription(receiver.url)).toMatchObject({ expiresAt: START + 5 * WEEK });
    expect(ada.subscriptions.live).toHaveLength(1);
  });

  test("WBS-NOTIFY-6: that nobody made is undefined: 286, or 343 from later servers", async () => {
    const { sim, api } = await subscribed();
    expect(await api.subscription("http://home.example/other")).toBeUndefined();
    sim.fail("343", { service: "notify" });
    expect(await api.subscription("http://home.example/other")).toBeUndefined();
  });

  test("WBS-NOTIFY-7: that is revoked ends, and revoking again counts as done", async () => {
    const { sim, ada, api, receiver } = await subscribed();
    expect(await api.revoke(receiver.url)).toBe(true);
    expect(await api.revoke(receiver.url)).toBe(false);
    ada.weighsIn({ weight: 80 });
    await sim.settled();
    expect(receiver.callbacks).toEqual([]);
  });

  test("is listed beside those of others", async () => {
    const { sim, ada, receiver } = await subscribed();
    const client = clientOf(sim);
    await client.notify.subscribe({ ...keyOf(ada), callbackUrl: `${receiver.url}/other`, comment: "another app" });
    const listed = await client.notify.list(keyOf(ada));
    expect(new Set(listed.map((one) => one.comment))).toEqual(new Set([comment, "another app"]));
  });
});
