import { startWorld } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { findUsers, tryAccount } from "../../src/nodes/withings-account/try-account.ts";
import { BLANK, noGrant } from "../support/account.ts";

async function started() {
  const world = await startWorld();
  const form = { ...BLANK, baseUrl: world.sim.url };
  const trying = { clock: world.clock, grant: noGrant() };
  const settings = { ...form, userId: String(world.ada.userId), publicKey: world.ada.publicKey };
  return { world, settings, trying };
}

describe("Test", () => {
  test("says who was reached, and whether there is a measurement", async () => {
    const { world, settings, trying } = await started();
    expect(await tryAccount(settings, trying)).toMatchObject({ ok: true, user: { first_name: "Ada" }, groups: 0 });
    world.ada.weighsIn({ weight: 80 });
    expect(await tryAccount(settings, trying)).toMatchObject({ ok: true, groups: 1 });
  });

  test.each([
    [{ publicKey: "0000000000000000" }, "not_shared"],
    [{ publicKey: "" }, "account_incomplete"],
    [{ publicKey: "found:0123456789abcdef" }, "account_incomplete"],
    [{ userId: "ada" }, "account_incomplete"],
    [{ userId: "99" }, "unknown_user"],
    [{ baseUrl: "http://u:p@127.0.0.1/" }, "invalid_option"],
    [{ generation: "next" }, "unknown_generation"],
  ])("with %j says %s, and repeats no key", async (wrong, code) => {
    const { world, settings, trying } = await started();
    const tried = await tryAccount({ ...settings, ...wrong }, trying);
    expect(tried).toMatchObject({
      ok: false,
      problem: { code, message: expect.any(String), remedy: expect.any(String) },
    });
    expect(JSON.stringify(tried)).not.toContain(world.ada.publicKey);
  });
});

describe("Find my users", () => {
  test("gives each user with their key", async () => {
    const { world, settings, trying } = await started();
    const login = { email: "ada@example.org", password: "bozo" };
    const found = await findUsers({ ...settings, publicKey: "" }, login, trying);
    const { userId, publicKey: publickey } = world.ada;
    expect(found).toMatchObject({ ok: true, users: [{ userid: String(userId), first_name: "Ada", publickey }] });
  });

  test("says what is wrong with a login, and repeats no password", async () => {
    const { settings, trying } = await started();
    const login = { email: "ada@example.org", password: "hunter2" };
    const found = await findUsers(settings, login, trying);
    expect(found).toMatchObject({ ok: false, problem: { code: "wrong_password" } });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});
