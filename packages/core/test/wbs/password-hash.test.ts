import { expect, test } from "vitest";
import { hashPassword } from "../../src/wbs/password-hash.ts";

const once = "4a8947d9-25e849fd";

test.each([
  ["demo@withings.com", "bozo", "99eb3bc8555ca782fa4a0fda53bc8a1a"],
  ["foo", "bar", "ccf841f5cee2c1bd55e4219deeecaef2"],
  ["demo@withings.com", "pass11", "e990ec27ae510e77fd05cd9637d2d153"],
  ["demo@withings.com", "w7", "020fb160f52754a50f148ab642a84460"],
])("WBS-ACCT-2: %s with %s hashes to %s", (email, password, hash) => {
  expect(hashPassword({ email, password, once })).toBe(hash);
});

test("WBS-ACCT-2: the case of the email does not matter, that of the password does", () => {
  const hashed = (email: string, password: string) => hashPassword({ email, password, once });
  expect(hashed("Demo@Withings.COM", "bozo")).toBe(hashed("demo@withings.com", "bozo"));
  expect(hashed("demo@withings.com", "Bozo")).not.toBe(hashed("demo@withings.com", "bozo"));
});
