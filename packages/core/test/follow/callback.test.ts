import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { CallbackEndpoint, isCallbackSecret, readCallbackBody } from "../../src/follow/callback.ts";
import { FOLLOW_LIMITS } from "../../src/follow/limits.ts";
import { ManualClock } from "../../src/testing/manual-clock.ts";

const FORM = "userid=29&startdate=10&enddate=11";

function endpoint({ perMinute = 100, stored = Promise.resolve() as Promise<void> } = {}) {
  const clock = new ManualClock(0);
  const taken: unknown[] = [];
  const made = new CallbackEndpoint({
    clock,
    perMinute,
    take(userId, window) {
      if (userId !== "29") return undefined;
      taken.push(window);
      return stored;
    },
  });
  const call = (body: string | undefined, more: { method?: string; source?: string; query?: string } = {}) =>
    made.answer({ method: "POST", source: "a", query: "", readBody: async () => body, ...more });
  return { call, taken, clock };
}

test("a known person's notification is answered with 200 once its hint is stored", async () => {
  const stored = Promise.withResolvers<void>();
  const { call, taken } = endpoint({ stored: stored.promise });
  let isAnswered = false;
  const answer = call(FORM).then((reply) => {
    isAnswered = true;
    return reply;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect([taken, isAnswered]).toEqual([[{ from: 10, to: 11 }], false]);
  stored.resolve();
  expect(await answer).toMatchObject({ status: 200, outcome: "taken" });
});

test("a hint that cannot be stored is the host's to answer", async () => {
  const stored = Promise.reject(new Error("disk full"));
  stored.catch(() => {});
  await expect(endpoint({ stored }).call(FORM)).rejects.toThrow("disk full");
});

test.each([
  ["HEAD", { method: "HEAD" }, "", 200, "probe"],
  ["GET", { method: "GET" }, "", 200, "probe"],
  ["a POST without a userid", {}, "", 200, "probe"],
  ["parameters in the query", { query: FORM }, "", 200, "taken"],
  ["PUB-NOTIFY-5: sleep", {}, "userid=29&appli=44&startdate=1&enddate=2", 200, "other"],
  ["PUB-NOTIFY-5: activity", {}, "userid=29&appli=16&date=2026-11-26", 200, "other"],
  ["PUB-NOTIFY-5: a kind that nobody knows", {}, "userid=29&appli=999", 200, "other"],
  ["PUB-NOTIFY-3: an unlink, where nobody follows it", {}, "userid=29&appli=46&action=unlink", 200, "unknown_user"],
  ["PUB-NOTIFY-2: a probe of today's API", { method: "HEAD" }, "", 200, "probe"],
  ["another person", {}, FORM.replace("29", "30"), 200, "unknown_user"],
  ["a window that cannot be read", {}, "userid=29&startdate=x&enddate=1", 200, "taken"],
  ["a userid that is none", {}, "userid=ada", 400, "malformed"],
  ["a body that is too large", {}, undefined, 413, "refused"],
  ["another method", { method: "PUT" }, FORM, 405, "refused"],
])("%s is judged", async (_what, more, body, status, outcome) => {
  expect(await endpoint().call(body, more)).toMatchObject({ status, outcome });
});

test("an address that calls too often is answered with 429 until the minute is over, others are not", async () => {
  const { call, clock } = endpoint({ perMinute: 1 });
  await call(FORM);
  expect(await call(FORM)).toMatchObject({ status: 429, outcome: "too_often", calls: 2 });
  expect(await call(FORM, { source: "b" })).toMatchObject({ status: 200 });
  await clock.advance(60_000);
  expect(await call(FORM)).toMatchObject({ status: 200, calls: 1 });
});

test("a body is read up to the size that a callback can have", async () => {
  const chunks = function* (bytes: number) {
    for (let left = bytes; left > 0; left -= 1_024) yield Buffer.alloc(Math.min(left, 1_024), "a");
  };
  const body = (bytes: number) => Readable.from(chunks(bytes));
  expect(await readCallbackBody(body(FOLLOW_LIMITS.callbackBytes))).toHaveLength(FOLLOW_LIMITS.callbackBytes);
  expect(await readCallbackBody(body(FOLLOW_LIMITS.callbackBytes + 1))).toBeUndefined();
});

test("a body that was read already is empty, and one that is cut off is an error", async () => {
  const read = Readable.from(["a"]);
  for await (const _ of read);
  expect(await readCallbackBody(read)).toBe("");
  const cut = new Readable({ read() {} });
  cut.push("userid=");
  const body = readCallbackBody(cut);
  cut.destroy();
  await expect(body).rejects.toThrow("ended before");
});

test("only the secret itself is right", () => {
  expect(isCallbackSecret("abc", "abc")).toBe(true);
  for (const wrong of ["", "ab", "abcd", "ABC"]) expect(isCallbackSecret(wrong, "abc")).toBe(false);
});
