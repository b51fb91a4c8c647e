import { inspect } from "node:util";
import { simulate } from "@weighbridge/testing";
import { describe, expect, test } from "vitest";
import { clientOf } from "./support/client.ts";

const account = { email: "family@example.com", password: "0ne Häuser" };

test("WBS-ONCE-1: probe says that the service answers", async () => {
  const sim = await simulate();
  await expect(clientOf(sim).once.probe()).resolves.toBeUndefined();
  sim.fail("drop");
  await expect(clientOf(sim).once.probe()).rejects.toMatchObject({ code: "network" });
});

test("WBS-ONCE-2: get gives another string each time", async () => {
  const { once } = clientOf(await simulate());
  expect(await once.get()).not.toBe(await once.get());
});

describe("a list of users", () => {
  test("WBS-ACCT-3: holds every user of the account, with id and publickey, also of those who do not share", async () => {
    const sim = await simulate();
    const ada = sim.person("ada", { ...account, isSharing: false });
    const ben = sim.person("ben", account);
    sim.person("carl", { email: "carl@example.com", password: "other" });
    const users = await clientOf(sim).account.getUsersList(account);
    expect(new Map(users.map(({ id, publicKey, isSharing }) => [id, { publicKey, isSharing }]))).toEqual(
      new Map([
        [ada.userId, { publicKey: ada.publicKey, isSharing: false }],
        [ben.userId, { publicKey: ben.publicKey, isSharing: true }],
      ]),
    );
  });

  test("WBS-ACCT-2: is given for the email in any case", async () => {
    const sim = await simulate();
    const ada = sim.person("ada", account);
    const users = await clientOf(sim).account.getUsersList({ ...account, email: "Family@Example.COM" });
    expect(users).toMatchObject([{ id: ada.userId }]);
  });

  test("WBS-ACCT-2: is given also where the hash of the password begins with a zero", async () => {
    const sim = await simulate();
    sim.person("ada", { email: "ada@example.com", password: "pass11" });
    await expect(
      clientOf(sim).account.getUsersList({ email: "ada@example.com", password: "pass11" }),
    ).resolves.toHaveLength(1);
  });

  test.each([
    ["a wrong password", { ...account, password: "guess" }, 100, "wrong_password"],
    ["an unknown email", { ...account, email: "nobody@example.com" }, 264, "unknown_email"],
  ])("WBS-ACCT-4, WBS-ACCT-1: is refused for %s, without a secret in the error", async (_, login, status, code) => {
    const sim = await simulate();
    sim.person("ada", account);
    const refusal = clientOf(sim).account.getUsersList(login);
    await expect(refusal).rejects.toMatchObject({ status, code, actor: "person" });
    const text = await refusal.catch((error: Error) => inspect(error, { depth: 9, showHidden: true }));
    expect(text).not.toContain(login.password);
    expect(text).not.toContain(login.email);
  });
});
