import { describe, expect, test } from "vitest";
import { decodeUserById, decodeUsersList } from "../../src/wbs/decode/users.ts";

describe("a list of users", () => {
  test("WBS-ACCT-3: needs nothing but ids and keys", () => {
    const users = [
      { id: 29, publickey: "b71d95ce5c1d4f23" },
      { id: 30, publickey: "c6f0d2a8e9b14d57", firstname: null, birthdate: null },
    ];
    expect(decodeUsersList({ users })).toEqual([
      { id: 29, publicKey: "b71d95ce5c1d4f23" },
      { id: 30, publicKey: "c6f0d2a8e9b14d57" },
    ]);
  });

  test("WBS-ACCT-3: may be empty", () => {
    expect(decodeUsersList({ users: [] })).toEqual([]);
  });
});

test("WBS-USER-1: a user has names, gender, birth date and sharing, and keeps the key of the call", () => {
  const ada = {
    id: 29,
    firstname: "Ada",
    lastname: "Lovelace",
    shortname: "ADA",
    gender: 1,
    fatmethod: 131,
    birthdate: -4878000000,
    ispublic: 1,
  };
  expect(decodeUserById({ users: [ada] }, "b71d95ce5c1d4f23")).toEqual({
    id: 29,
    publicKey: "b71d95ce5c1d4f23",
    firstName: "Ada",
    lastName: "Lovelace",
    shortName: "ADA",
    gender: "female",
    birthDate: -4878000000,
    sharing: 1,
    isSharing: true,
  });
});

test.each([
  [0, false],
  [1, true],
  [4, false],
  [5, true],
  [255, true],
])("WBS-USER-2: the sharing mask %d says of the scale: %s", (ispublic, isSharing) => {
  expect(decodeUserById({ users: [{ id: 1, ispublic }] }, "k")?.isSharing).toBe(isSharing);
});

test("an answer without a user gives none", () => {
  expect(decodeUserById({ users: [] }, "k")).toBeUndefined();
});

test.each([9e12, -9e12, 253_402_300_800])("a birth date of %d is no date, and is left out", (birthdate) => {
  expect(decodeUserById({ users: [{ id: 29, birthdate }] }, "b71d95ce5c1d4f23")).not.toHaveProperty("birthDate");
});
