import { simulate, startReceiver } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { clientOf, keyOf } from "./support/client.ts";

describe.each(["GET", "POST"] as const)("by %s", (method) => {
  test("WBS-REST-1, WBS-REST-2: every service and action is understood", async () => {
    const sim = await simulate();
    const account = { email: "ada@example.com", password: "engine" };
    const ada = sim.person("ada", { ...account, firstName: "Ada" });
    ada.weighsIn({ weight: 81.4 });
    const client = clientOf(sim, { method });
    const receiver = await startReceiver();
    const subscription = { ...keyOf(ada), callbackUrl: receiver.url, comment: "Küche & Bad = 100 %" };

    await client.once.probe();
    expect(await client.once.get()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}$/);
    expect(await client.account.getUsersList(account)).toMatchObject([{ id: ada.userId }]);
    expect(await client.user.getById(keyOf(ada))).toMatchObject({ firstName: "Ada" });
    expect((await client.measure.getMeas(keyOf(ada))).groups).toHaveLength(1);
    await client.notify.subscribe(subscription);
    expect(await client.notify.get(subscription)).toMatchObject({ comment: "Küche & Bad = 100 %" });
    expect(await client.notify.list(keyOf(ada))).toHaveLength(1);
    expect(await client.notify.revoke(subscription)).toBe(true);
    expect(await client.user.update({ ...keyOf(ada), isPublic: true })).toEqual({ publicKeyInvalidated: false });
  });

  test("WBS-REST-2: values with every reserved character arrive as they are", async () => {
    const sim = await simulate();
    const ada = sim.person("ada");
    const receiver = await startReceiver("/hook/a+b%20c?d=e&f=%26#");
    const callbackUrl = receiver.url.replace("#", "");
    const subscription = { ...keyOf(ada), callbackUrl, comment: "&=+%?#/ é 体重 🏋" };
    await clientOf(sim, { method }).notify.subscribe(subscription);
    expect(ada.subscriptions.get(callbackUrl)).toMatchObject({ callbackUrl, comment: subscription.comment });
  });
});

describe("an answer", () => {
  test("WBS-REST-3: carries a status; the body may be absent", async () => {
    const sim = await simulate();
    const answer = await fetch(new URL("once?action=probe", sim.url));
    expect(await answer.json()).toMatchObject({ status: 0 });
    await expect(clientOf(sim).once.probe()).resolves.toBeUndefined();
  });

  test("WBS-REST-6: that is a maintenance page is an unexpected response with an excerpt", async () => {
    const sim = await simulate();
    sim.fail("html");
    await expect(clientOf(sim).once.probe()).rejects.toMatchObject({
      name: "UnexpectedResponseError",
      code: "unexpected_response",
      message: expect.stringMatching(/HTTP 503 .*"<.*html/i),
    });
  });
});

test.each([
  [100, "wrong_password", "person"],
  [247, "unknown_user", "operator"],
  [250, "not_shared", "person"],
  [264, "unknown_email", "person"],
  [284, "temporary_failure", "service"],
  [286, "no_subscription", "caller"],
  [293, "callback_url_refused", "operator"],
  [294, "nothing_to_revoke", "caller"],
  [304, "comment_refused", "caller"],
  [2554, "unknown_action", "operator"],
  [2555, "unknown_error", "service"],
])("WBS-REST-4, WBS-REST-7: status %d is the error %s, for the %s to act on", async (status, code, actor) => {
  const sim = await simulate();
  sim.fail(`${status}`);
  await expect(clientOf(sim).user.getById({ userId: 29, publicKey: "k" })).rejects.toMatchObject({
    name: "RejectedError",
    service: "user",
    action: "getbyuserid",
    status,
    code,
    actor,
    meaning: expect.stringMatching(/\w/),
    remedy: expect.stringMatching(/\w/),
  });
});

test("WBS-REST-5: a status that no document has is kept", async () => {
  const sim = await simulate();
  sim.fail("4711");
  await expect(clientOf(sim).once.probe()).rejects.toMatchObject({ status: 4711, code: "status_4711" });
});

describe("a call that is repeated", () => {
  const instantly = {
    now: () => START_MS,
    monotonic: () => 0,
    sleep: (ms: number, signal?: AbortSignal) => instant(ms, signal),
  };
  const START_MS = 0;
  const TIMEOUT_MS = 15_000;
  /** Only timeouts take time. */
  const instant = (ms: number, signal?: AbortSignal) =>
    ms < TIMEOUT_MS
      ? Promise.resolve()
      : new Promise<void>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

  test.each(["drop", "html", "http-500", "284", "601"] as const)(
    "survives two answers of the kind %s",
    async (kind) => {
      const sim = await simulate();
      const ada = sim.person("ada");
      ada.weighsIn({ weight: 81.4 });
      sim.fail(kind).times(2);
      const client = clientOf(sim, { clock: instantly, timeoutMs: TIMEOUT_MS, retries: 3 });
      expect((await client.measure.getMeas(keyOf(ada))).groups).toHaveLength(1);
    },
  );
});
