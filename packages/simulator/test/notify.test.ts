import { START, simulate, startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { ask, keyOf, statusOf } from "./support/calls.ts";

const comment = "Weighbridge in the kitchen";
const THREE_WEEKS_S = 21 * 86_400;

async function home() {
  const sim = await simulate();
  const ada = sim.person("Ada");
  const receiver = await startReceiver();
  const watch = { ...keyOf(ada), callbackurl: receiver.url };
  return { sim, ada, receiver, watch, subscribe: () => statusOf(sim, "notify/subscribe", { ...watch, comment }) };
}

/** Lets pending callbacks run, and what they start. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("subscribing", () => {
  test("calls the URL without a userid first, and refuses one that does not answer 200", async () => {
    const { sim, ada, receiver, watch, subscribe } = await home();
    for (const status of [404, 500, 204, 302]) {
      receiver.answers.status = status;
      expect(await subscribe(), `answer ${status}`).toBe(293);
    }
    const nobody = "http://127.0.0.1:9/";
    expect(await statusOf(sim, "notify/subscribe", { ...watch, callbackurl: nobody, comment })).toBe(293);
    expect(ada.subscriptions.live).toEqual([]);
    receiver.answers.status = 200;
    receiver.callbacks.length = 0;
    expect(await subscribe()).toBe(0);
    expect(receiver.callbacks).toEqual([{ method: "POST", url: "/hook", query: "", body: "" }]);
    expect(sim.log.findLast(({ kind }) => kind === "callback")).toMatchObject({ isProbe: true, answer: 200 });
  });

  test.each(["subscribe", "get", "revoke"])("%s: an absent or wrong callback URL is 293", async (action) => {
    const { sim, watch } = await home();
    const long = `http://a.example/${"x".repeat(112)}`;
    const urls = [undefined, "", "home", "ftp://a.example/", "a.example/hook", "http%3A%2F%2Fa.example%2F", long];
    expect(long).toHaveLength(129);
    for (const callbackurl of urls)
      expect(
        await statusOf(sim, `notify/${action}`, {
          ...watch,
          callbackurl,
          comment: action === "subscribe" ? comment : undefined,
        }),
        `${callbackurl}`,
      ).toBe(293);
  });

  test("an absent, too long or doubly encoded comment is 304", async () => {
    const { sim, watch } = await home();
    for (const wrong of [undefined, "", "x".repeat(256), "my%20kitchen"])
      expect(await statusOf(sim, "notify/subscribe", { ...watch, comment: wrong }), `${wrong}`).toBe(304);
    expect(await statusOf(sim, "notify/subscribe", { ...watch, comment: "Küche 100 % ⚖️" })).toBe(0);
    expect((await ask(sim, "notify/get", watch)).body.comment).toBe("Küche 100 % ⚖️");
  });

  test("a seventeenth subscriber is refused; a renewal of the sixteen is not", async () => {
    const { sim, watch } = await home();
    const subscribe = (number: number) =>
      statusOf(sim, "notify/subscribe", { ...watch, callbackurl: `${watch.callbackurl}?${number}`, comment });
    for (let number = 1; number <= 16; number++) expect(await subscribe(number)).toBe(0);
    expect(await subscribe(17)).toBe(305);
    expect(await subscribe(1)).toBe(0);
    expect((await ask(sim, "notify/list", keyOf(sim.person("Ada")))).body.profiles).toHaveLength(16);
  });
});

describe("a subscription", () => {
  test("is found with its end and comment, listed, and revoked once", async () => {
    const { sim, ada, watch, subscribe } = await home();
    expect(await statusOf(sim, "notify/get", watch)).toBe(286);
    expect(await statusOf(sim, "notify/revoke", watch)).toBe(294);
    await subscribe();
    const expires = START + THREE_WEEKS_S;
    expect(await ask(sim, "notify/get", watch)).toEqual({ status: 0, body: { expires, comment } });
    const profiles = [{ callbackurl: watch.callbackurl, comment, expires }];
    expect(await ask(sim, "notify/list", keyOf(ada))).toEqual({ status: 0, body: { profiles } });
    expect(await ask(sim, "notify/revoke", watch)).toEqual({ status: 0 });
    expect(await statusOf(sim, "notify/revoke", watch)).toBe(294);
  });

  test("ends after three weeks, unless it was renewed", async () => {
    const { sim, ada, watch, receiver, subscribe } = await home();
    await subscribe();
    sim.clock.advance((THREE_WEEKS_S - 1) * 1000);
    expect(await statusOf(sim, "notify/get", watch)).toBe(0);
    await subscribe();
    sim.clock.advance((THREE_WEEKS_S - 1) * 1000);
    expect(await statusOf(sim, "notify/get", watch)).toBe(0);
    sim.clock.advance(1000);
    expect(await statusOf(sim, "notify/get", watch)).toBe(286);
    receiver.callbacks.length = 0;
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    expect(receiver.callbacks).toEqual([]);
  });

  test("can be lost without a word, as at the real service", async () => {
    const { sim, ada, watch, subscribe } = await home();
    await subscribe();
    ada.subscriptions.lose();
    expect(await statusOf(sim, "notify/get", watch)).toBe(286);
  });
});

describe("a notification", () => {
  test("names the person and the second of the measure, for each thing that happens to it", async () => {
    const { sim, ada, receiver, subscribe } = await home();
    await subscribe();
    receiver.callbacks.length = 0;
    const { grpid } = ada.weighsIn({ weight: 70, at: START - 600 });
    ada.edits(grpid, { date: START - 300 });
    ada.deletes(grpid);
    ada.setsTarget({ weight: 65 });
    await sim.settled();
    const dates = [START - 600, START - 600, START - 300, START - 300, START];
    expect(new Set(receiver.callbacks.map(({ body }) => body))).toEqual(
      new Set(dates.map((date) => `userid=${ada.userId}&startdate=${date}&enddate=${date + 1}`)),
    );
    expect(receiver.callbacks).toHaveLength(dates.length);
  });

  test("is not sent of a person who stopped sharing", async () => {
    const { sim, ada, receiver, subscribe } = await home();
    await subscribe();
    receiver.callbacks.length = 0;
    ada.stopsSharing();
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    expect(receiver.callbacks).toEqual([]);
  });

  test("is tried again after each wait of the table, and its subscription ends after the last", async () => {
    const { sim, ada, receiver, watch, subscribe } = await home();
    await subscribe();
    receiver.callbacks.length = 0;
    receiver.answers.status = 503;
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    for (const [index, waitS] of LIMITS.retryAfterS.entries()) {
      sim.clock.advance(waitS * 1000 - 1);
      await turn();
      await sim.settled();
      expect(receiver.callbacks, `just before ${waitS} s`).toHaveLength(index + 1);
      sim.clock.advance(1);
      await expect.poll(() => receiver.callbacks.length).toBe(index + 2);
      await sim.settled();
    }
    const tries = sim.log.flatMap((entry) => (entry.kind === "callback" && !entry.isProbe ? [entry.try] : []));
    expect(tries).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await statusOf(sim, "notify/get", watch)).toBe(286);
  });

  test("that arrives at last is not tried again", async () => {
    const { sim, ada, receiver, watch, subscribe } = await home();
    await subscribe();
    receiver.callbacks.length = 0;
    receiver.answers.status = 500;
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    receiver.answers.status = 200;
    sim.clock.advance(10_000);
    await expect.poll(() => receiver.callbacks.length).toBe(2);
    await sim.settled();
    sim.clock.advance(86_400_000);
    await turn();
    await sim.settled();
    expect(receiver.callbacks).toHaveLength(2);
    expect(await statusOf(sim, "notify/get", watch)).toBe(0);
  });

  test("goes to every subscriber, whatever the others answer", async () => {
    const { sim, ada, receiver, watch, subscribe } = await home();
    const broken = await startReceiver();
    await subscribe();
    await ask(sim, "notify/subscribe", { ...watch, callbackurl: broken.url, comment });
    broken.answers.status = 500;
    receiver.callbacks.length = 0;
    ada.weighsIn({ weight: 70 });
    await sim.settled();
    expect(receiver.callbacks).toHaveLength(1);
  });
});
