import { simulate } from "@weighbridge/testing";
import { expect, test } from "vitest";
import { clientOf, keyOf } from "./support/client.ts";

test("WBS-USER-1: a user has names, gender, birth date and sharing", async () => {
  const sim = await simulate();
  const ada = sim.person("ada", { firstName: "Ada", lastName: "Löwenherz", gender: "female", birthDate: 211629600 });
  expect(await clientOf(sim).user.getById(keyOf(ada))).toMatchObject({
    id: ada.userId,
    publicKey: ada.publicKey,
    firstName: "Ada",
    lastName: "Löwenherz",
    shortName: expect.stringMatching(/^[A-Z]{3}$/),
    gender: "female",
    birthDate: 211629600,
    isSharing: true,
  });
});

test("WBS-USER-2, WBS-USER-3: turning sharing off voids the key, says so, and the list has a new one", async () => {
  const sim = await simulate();
  const account = { email: "ada@example.com", password: "engine" };
  const ada = sim.person("ada", account);
  const client = clientOf(sim);
  const before = keyOf(ada);

  expect(await client.user.update({ ...before, isPublic: false })).toEqual({ publicKeyInvalidated: true });
  await expect(client.measure.getMeas(before)).rejects.toMatchObject({ status: 250, code: "not_shared" });

  const [private_] = await client.account.getUsersList(account);
  expect(private_).toMatchObject({ id: ada.userId, isSharing: false });
  expect(private_?.publicKey).not.toBe(before.publicKey);

  const after = { userId: ada.userId, publicKey: private_?.publicKey ?? "" };
  expect(await client.user.update({ ...after, isPublic: true })).toEqual({ publicKeyInvalidated: false });
  expect(await client.user.getById(after)).toMatchObject({ isSharing: true });
  await expect(client.measure.getMeas(after)).resolves.toMatchObject({ groups: [] });
});

test("WBS-USER-1: who does not share is not read", async () => {
  const sim = await simulate();
  const ada = sim.person("ada", { isSharing: false });
  await expect(clientOf(sim).user.getById(keyOf(ada))).rejects.toMatchObject({ status: 250 });
});
