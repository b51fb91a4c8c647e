import { startWorld, type World } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { useUser } from "../../src/nodes/withings-user/use-user.ts";
import type { Fields } from "../../src/runtime/config.ts";
import { adasAccount } from "../support/account.ts";

const NOBODY = { email: "", password: "" };

async function using(world: World, login = NOBODY) {
  const { account } = await adasAccount(world);
  return (fields: Fields, msg: Record<string, unknown> = {}) =>
    useUser({ account, fields, msg, login, clock: world.clock, signal: new AbortController().signal });
}

describe("the user node", () => {
  test("reads the profile, and no key", async () => {
    const world = await startWorld();
    const { messages, status } = await (await using(world))({ action: "profile" });
    expect(messages[0]?.payload).toMatchObject({
      userid: String(world.ada.userId),
      first_name: "Ada",
      is_sharing: true,
    });
    expect(JSON.stringify(messages)).not.toContain(world.ada.publicKey);
    expect(status).toBe("Ada");
  });

  test("checks that the service answers, and says why it does not", async () => {
    const world = await startWorld();
    const use = await using(world);
    const { messages, status } = await use({ action: "probe" });
    expect([messages, status]).toEqual([[{ payload: { is_reachable: true } }], "status.answers"]);
    expect(world.calls("probe")).toHaveLength(1);
    world.sim.fail("http-500");
    await expect(use({ action: "probe" })).rejects.toMatchObject({ code: "unexpected_response" });
  });

  test("a password with spaces around it goes as it is", async () => {
    const world = await startWorld();
    world.sim.person("eve", { email: "eve@example.org", password: " bozo " });
    const { messages } = await (await using(world))(
      { action: "users", email: "eve@example.org" },
      { password: " bozo " },
    );
    expect(messages[0]?.payload).toHaveLength(1);
  });

  test("lists the users of a login without their keys, unless asked for", async () => {
    const world = await startWorld();
    world.sim.person("bob", { firstName: "Bob", email: "ada@example.org", password: "bozo" });
    const use = await using(world, { email: "ada@example.org", password: "bozo" });
    const { messages } = await use({ action: "users" });
    expect(messages[0]?.payload).toHaveLength(2);
    expect(JSON.stringify(messages)).not.toContain(world.ada.publicKey);
    const withKeys = await use({ action: "users", withkeys: true });
    expect(withKeys.messages[0]?.payload).toContainEqual(
      expect.objectContaining({ userid: String(world.ada.userId), publickey: world.ada.publicKey }),
    );
  });

  test("takes the password out of the message", async () => {
    const world = await startWorld();
    const msg: Record<string, unknown> = { password: "bozo" };
    const { status } = await (await using(world))({ action: "users", email: "ADA@example.org" }, msg);
    expect(status).toBe("1 user");
    expect(msg).toEqual({});
  });

  test("says which part of a login is missing or wrong", async () => {
    const world = await startWorld();
    const use = await using(world);
    await expect(use({ action: "users" })).rejects.toMatchObject({ code: "missing_value" });
    await expect(use({ action: "users", email: "ada@example.org" }, { password: "wrong" })).rejects.toMatchObject({
      code: "wrong_password",
    });
  });

  test("turns sharing off, and says that the key is now invalid", async () => {
    const world = await startWorld();
    const use = await using(world);
    const { messages } = await use({ action: "sharing", sharing: "false" });
    expect(messages[0]?.payload).toEqual({ is_sharing: false, publickey_invalidated: true });
    await expect(use({ action: "profile" })).rejects.toMatchObject({ code: "not_shared" });
  });

  test("refuses sharing without a value, and an unknown action", async () => {
    const world = await startWorld();
    const use = await using(world);
    await expect(use({ action: "sharing" })).rejects.toMatchObject({ code: "missing_value" });
    await expect(use({ action: "delete" })).rejects.toMatchObject({ code: "invalid_value" });
  });
});
