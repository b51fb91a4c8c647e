import { serve, startWorld } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { useSubscriptions } from "../../src/nodes/withings-notify/use-subscriptions.ts";
import type { Fields } from "../../src/runtime/config.ts";
import { adasAccount } from "../support/account.ts";

async function using() {
  const world = await startWorld();
  const { account } = await adasAccount(world);
  const callbackurl = `${await serve()}/hook`;
  const use = (fields: Fields) =>
    useSubscriptions({ account, fields, msg: {}, clock: world.clock, signal: new AbortController().signal });
  const payloadOf = async (fields: Fields) => (await use(fields)).messages[0]?.payload;
  return { world, callbackurl, use, payloadOf };
}

describe("the subscriptions node", () => {
  test("subscribes, checks, lists and revokes", async () => {
    const { world, callbackurl, payloadOf } = await using();
    const made = { callback_url: callbackurl, comment: "my home", expires_at: "2026-03-22T07:00:00.000Z" };
    expect(await payloadOf({ action: "subscribe", callbackurl, comment: "my home" })).toEqual(made);
    expect(await payloadOf({ action: "get", callbackurl })).toEqual(made);
    expect(await payloadOf({ action: "list" })).toEqual([made]);
    expect(await payloadOf({ action: "revoke", callbackurl })).toEqual({ revoked: true });
    expect(await payloadOf({ action: "revoke", callbackurl })).toEqual({ revoked: false });
    expect(await payloadOf({ action: "get", callbackurl })).toBeNull();
    expect(world.ada.subscriptions.live).toEqual([]);
  });

  test("renews what is there with its comment, and makes nothing new", async () => {
    const { world, callbackurl, use, payloadOf } = await using();
    await expect(use({ action: "renew", callbackurl })).rejects.toMatchObject({ code: "no_subscription" });
    expect(world.calls("subscribe")).toEqual([]);
    await use({ action: "subscribe", callbackurl, comment: "my home" });
    await world.clock.advance(86_400_000);
    expect(await payloadOf({ action: "renew", callbackurl })).toMatchObject({
      comment: "my home",
      expires_at: "2026-03-23T07:00:00.000Z",
    });
  });

  test("refuses a URL that the API would refuse, with the reason, before anything is sent", async () => {
    const { world, use } = await using();
    await expect(use({ action: "subscribe" })).rejects.toMatchObject({ code: "missing_value" });
    const callbackurl = `http://home.example.org/${"x".repeat(128)}`;
    await expect(use({ action: "subscribe", callbackurl })).rejects.toThrow("callbackurl has 152 characters");
    expect(world.calls("subscribe")).toEqual([]);
  });

  test("fails with the code of a URL that does not answer", async () => {
    const { use } = await using();
    await expect(use({ action: "subscribe", callbackurl: "http://127.0.0.1:9/hook" })).rejects.toMatchObject({
      code: "callback_url_refused",
    });
  });
});
