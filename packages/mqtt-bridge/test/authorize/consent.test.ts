import { type Grant, memoryTokenStore, RejectedError, type TokenStore } from "@weighbridge/core";
import { grantOf, ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { Consent } from "../../src/authorize/consent.ts";
import { accountsOf } from "../../src/config/accounts.ts";
import { configSchema, type PersonConfig, type PublicAccountConfig } from "../../src/config/schema.ts";
import { LIMITS } from "../../src/limits.ts";

const REDIRECT = "http://localhost:8643/callback";

function consentOf({
  userId = "12345678",
  userid = undefined as number | undefined,
  tokens = memoryTokenStore(),
} = {}) {
  const config = configSchema.parse({
    accounts: [{ id: "home", generation: "public", client_id: "c", client_secret: "s" }],
    people: [{ slug: "ada", name: "Ada", userid }],
  });
  const clock = new ManualClock(0);
  const codes: string[] = [];
  const service = { refuse: undefined as unknown };
  const consent = new Consent({
    account: accountsOf(config)[0] as PublicAccountConfig,
    person: config.people[0] as PersonConfig,
    tokens,
    clock,
    isDemo: false,
    client: {
      authorizeUrl: ({ redirectUrl, state }) =>
        `https://account.example/authorize?response_type=code&state=${state}&redirect_uri=${encodeURIComponent(redirectUrl)}`,
      async exchange({ code }): Promise<Grant> {
        codes.push(code);
        if (service.refuse) throw service.refuse;
        return grantOf(1, { userId });
      },
    },
  });
  const link = () => {
    const state = new URL(consent.newLink()).searchParams.get("state") as string;
    return { state, redirect: `${REDIRECT}?code=abc&state=${state}` };
  };
  return { consent, clock, codes, tokens, link, service };
}

test("a redirect is exchanged once and stored", async () => {
  const { consent, codes, tokens, link } = consentOf();
  const { redirect } = link();
  expect(await consent.take(redirect, false)).toMatchObject({ isGood: true, title: "Ada is authorized" });
  expect(await tokens.read("ada")).toEqual(grantOf(1));
  expect(await consent.take(redirect, false)).toMatchObject({ isGood: false });
  expect(codes).toEqual(["abc"]);
});

test("PUB-AUTH-6: a state has 128 random bits, ends with its attempt, and after ten minutes", async () => {
  const { consent, clock, codes, link } = consentOf();
  const states = Array.from({ length: 50 }, () => link().state);
  expect(new Set(states).size).toBe(50);
  for (const state of states) expect(Buffer.from(state, "base64url")).toHaveLength(16);
  expect(await consent.take(`${REDIRECT}?code=abc&state=${states[48]}`, true)).toMatchObject({
    words: expect.stringContaining("earlier attempt"),
  });
  const { redirect } = link();
  await clock.advance(LIMITS.consentMs + 1);
  expect(await consent.take(redirect, false)).toMatchObject({ isGood: false });
  expect(codes).toEqual([]);
});

test("PUB-AUTH-17: consenting again replaces the grant, with a higher revision", async () => {
  const tokens = memoryTokenStore();
  await tokens.write("ada", grantOf(7, { ended: { at: 1, code: "grant_ended" } }));
  const { consent, link } = consentOf({ tokens });
  await consent.take(link().redirect, false);
  expect(await tokens.read("ada")).toEqual(grantOf(1, { revision: 8 }));
});

async function unchanged(tokens: TokenStore, work: () => Promise<unknown>): Promise<void> {
  const before = await Promise.all((await tokens.names()).map((name) => tokens.read(name)));
  await work();
  expect(await Promise.all((await tokens.names()).map((name) => tokens.read(name)))).toEqual(before);
}

test.each([
  ["another than the configuration says", { userid: 29 }, undefined, "that of Ada in the configuration is 29"],
  ["somebody else's of the household", {}, { bob: grantOf(1) }, "This is bob (userid 12345678), not ada"],
  ["another than before", {}, { ada: grantOf(1, { userId: "99" }) }, "ada was userid 99 so far"],
])("PUB-CLI-5: a userid that is %s is refused, with the link that logs out", async (_, options, grants, words) => {
  const tokens = memoryTokenStore();
  for (const [name, grant] of Object.entries(grants ?? {})) await tokens.write(name, grant);
  const { consent, link } = consentOf({ ...options, tokens });
  await unchanged(tokens, async () => {
    const outcome = await consent.take(link().redirect, false);
    expect(outcome).toMatchObject({ isGood: false, words: expect.stringContaining(words) });
    const logOut = new URL(outcome.firstOpen ?? "");
    expect(logOut.origin + logOut.pathname).toBe("https://account.withings.com/logout");
    // The link behind it is fresh, and the one that works now.
    const state = new URL(logOut.searchParams.get("r") ?? "").searchParams.get("state");
    expect(await consent.take(`${REDIRECT}?error=access_denied&state=${state}`, false)).toMatchObject({
      words: expect.stringContaining("access_denied"),
    });
  });
});

test("PUB-CLI-2: a code that came too late is named, and the next link works", async () => {
  const { consent, link, service } = consentOf();
  service.refuse = new RejectedError({
    code: "temporary_failure",
    status: 503,
    meaning: "invalid code",
    service: "v2/oauth2",
    action: "requesttoken",
  });
  expect(await consent.take(link().redirect, true)).toMatchObject({ isGood: false });
  service.refuse = undefined;
  expect(await consent.take(link().redirect, true)).toMatchObject({ isGood: true });
});
