import type { ConsentOutcome } from "@weighbridge/core";
import { grantOf } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { outcomePage } from "../../src/authorize/outcome-page.ts";
import { accountsOf } from "../../src/config/accounts.ts";
import { configSchema, type PersonConfig, type PublicAccountConfig } from "../../src/config/schema.ts";

const config = configSchema.parse({
  accounts: [{ id: "home", generation: "public", client_id: "c", client_secret: "s" }],
  people: [{ slug: "ada", name: "Ada" }],
});
const stranger = { is: "stranger", userId: "7", firstOpen: "https://account.example/logout" } as const;

test.each<readonly [ConsentOutcome, string]>([
  [{ is: "authorized", grant: grantOf(1) }, "Ada is authorized"],
  [{ is: "refused", error: "access_denied" }, "access_denied"],
  [{ is: "wrong", what: "redirect_not_registered" }, "http://localhost:8643/callback"],
  [{ is: "wrong", what: "consent_page" }, "the consent page itself"],
  [
    { is: "failed", problem: { code: "code_expired", message: "the code is old", remedy: "Open." } },
    "The code is old. Open.",
  ],
  [{ ...stranger, known: "expected", expected: "8" }, "The userid is 7, and that of Ada in the configuration is 8."],
  [{ ...stranger, known: "other", other: "bob" }, "This is bob (userid 7), not ada."],
  [{ ...stranger, known: "before", before: "9" }, "ada was userid 9 so far, and this is userid 7."],
])("PUB-CLI-5: each outcome of a consent has its words: %o", (outcome, words) => {
  const page = outcomePage(outcome, accountsOf(config)[0] as PublicAccountConfig, config.people[0] as PersonConfig);
  expect(`${page.title}. ${page.words}`).toContain(words);
  expect(page.isGood).toBe(outcome.is === "authorized");
});
