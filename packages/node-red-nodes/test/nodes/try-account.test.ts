import { ManualClock } from "@weighbridge/core/testing";
import { startWorld, stateDir } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { FoundKeys } from "../../src/account/found-keys.ts";
import { findUsers, tryAccount } from "../../src/nodes/withings-account/try-account.ts";

async function trying() {
  const world = await startWorld();
  const form = { generation: "wbs", baseUrl: world.sim.url, callsPerMinute: "1000" };
  const settings = { ...form, userId: String(world.ada.userId), publicKey: world.ada.publicKey };
  const directory = stateDir();
  const keys = new FoundKeys(() => `${directory}/keys.json`, new ManualClock(0));
  return { world, settings, keys };
}

describe("Test", () => {
  test("says who was reached, and whether there is a measurement", async () => {
    const { world, settings } = await trying();
    expect(await tryAccount(settings, world.clock)).toMatchObject({ ok: true, user: { first_name: "Ada" }, groups: 0 });
    world.ada.weighsIn({ weight: 80 });
    expect(await tryAccount(settings, world.clock)).toMatchObject({ ok: true, groups: 1 });
  });

  test.each([
    [{ publicKey: "0000000000000000" }, "not_shared"],
    [{ publicKey: "" }, "account_incomplete"],
    [{ userId: "ada" }, "account_incomplete"],
    [{ userId: "99" }, "unknown_user"],
    [{ baseUrl: "http://u:p@127.0.0.1/" }, "invalid_option"],
    [{ generation: "next" }, "unknown_generation"],
  ])("with %j says %s, and repeats no key", async (wrong, code) => {
    const { world, settings } = await trying();
    const tried = await tryAccount({ ...settings, ...wrong }, world.clock);
    expect(tried).toMatchObject({
      ok: false,
      problem: { code, message: expect.any(String), remedy: expect.any(String) },
    });
    expect(JSON.stringify(tried)).not.toContain(world.ada.publicKey);
  });
});

describe("Find my users", () => {
  test("gives names and tickets, no keys", async () => {
    const { world, settings, keys } = await trying();
    const login = { email: "ada@example.org", password: "bozo" };
    const found = await findUsers({ ...settings, publicKey: "" }, login, { keys, clock: world.clock });
    expect(found).toMatchObject({ ok: true, users: [{ userid: String(world.ada.userId), first_name: "Ada" }] });
    expect(JSON.stringify(found)).not.toContain(world.ada.publicKey);
    const ticket = (found.ok && found.users[0]?.ticket) || "";
    expect(keys.keyOf(ticket)).toBe(world.ada.publicKey);
  });

  test("says what is wrong with a login, and repeats no password", async () => {
    const { world, settings, keys } = await trying();
    const login = { email: "ada@example.org", password: "hunter2" };
    const found = await findUsers(settings, login, { keys, clock: world.clock });
    expect(found).toMatchObject({ ok: false, problem: { code: "wrong_password" } });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});
