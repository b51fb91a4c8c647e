import { expect, test } from "vitest";
import { NotAuthorizedError, RejectedError } from "../../src/errors.ts";
import type { Grant, TokenStore } from "../../src/ports/token-store.ts";
import { Consent } from "../../src/public/consent.ts";
import { GRANT_LIMITS } from "../../src/public/limits.ts";
import { grantOf, ManualClock } from "../../src/testing/index.ts";
import { memoryTokenStore } from "../../src/tokens/memory-token-store.ts";

const REDIRECT = "http://localhost:8643/callback";

function consentOf({
  userId = undefined as string | undefined,
  tokens = memoryTokenStore(),
  others = undefined as (() => readonly string[]) | undefined,
} = {}) {
  const clock = new ManualClock(0);
  const codes: string[] = [];
  const service = { refuse: undefined as unknown };
  const consent = new Consent({
    ...{ tokens, clock, userId, name: "ada", redirectUrl: REDIRECT },
    ...(others && { others }),
    client: {
      authorizeUrl: ({ redirectUrl, state }) =>
        `https://account.example/authorize?response_type=code&state=${state}&redirect_uri=${encodeURIComponent(redirectUrl)}`,
      logOutUrl: (next) => `https://account.example/logout?r=${encodeURIComponent(next)}`,
      async exchange({ code }): Promise<Grant> {
        codes.push(code);
        if (service.refuse) throw service.refuse;
        return grantOf(1);
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
  expect(await consent.take(redirect, false)).toEqual({ is: "authorized", grant: grantOf(1) });
  expect(await tokens.read("ada")).toEqual(grantOf(1));
  expect(await consent.take(redirect, false)).toEqual({ is: "wrong", what: "other_attempt" });
  expect(codes).toEqual(["abc"]);
});

test("PUB-AUTH-6: a state has 128 random bits, ends with its attempt, and after ten minutes", async () => {
  const { consent, clock, codes, link } = consentOf();
  const states = Array.from({ length: 50 }, () => link().state);
  expect(new Set(states).size).toBe(50);
  for (const state of states) expect(Buffer.from(state, "base64url")).toHaveLength(16);
  expect(await consent.take(`${REDIRECT}?code=abc&state=${states[48]}`, true)).toEqual({
    is: "wrong",
    what: "other_attempt",
  });
  const { redirect } = link();
  await clock.advance(GRANT_LIMITS.consentMs + 1);
  expect(await consent.take(redirect, false)).toEqual({ is: "wrong", what: "other_attempt" });
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
  ["another than it must be", { userId: "29" }, {}, { known: "expected", expected: "29" }],
  ["somebody else's of the household", {}, { bob: grantOf(1) }, { known: "other", other: "bob" }],
  ["another than before", {}, { ada: grantOf(1, { userId: "99" }) }, { known: "before", before: "99" }],
])("PUB-CLI-5: a userid that is %s is refused, with the link that logs out", async (_, options, grants, known) => {
  const tokens = memoryTokenStore();
  for (const [name, grant] of Object.entries<Grant>(grants)) await tokens.write(name, grant);
  const { consent, link } = consentOf({ ...options, tokens });
  await unchanged(tokens, async () => {
    const outcome = await consent.take(link().redirect, false);
    expect(outcome).toMatchObject({ is: "stranger", userId: "12345678", ...known });
    const logOut = new URL(outcome.is === "stranger" ? outcome.firstOpen : "");
    expect(logOut.pathname).toBe("/logout");
    // The link behind it is fresh, and the one that works now.
    const state = new URL(logOut.searchParams.get("r") ?? "").searchParams.get("state");
    const refused = `${REDIRECT}?error=access_denied&state=${state}`;
    expect(consent.awaits(refused)).toBe(true);
    expect(await consent.take(refused, false)).toEqual({ is: "refused", error: "access_denied" });
  });
});

test("a person may have two grants where the host allows it", async () => {
  const tokens = memoryTokenStore();
  await tokens.write("other-node", grantOf(3));
  const { consent, link } = consentOf({ tokens, others: () => [] });
  expect(await consent.take(link().redirect, false)).toMatchObject({ is: "authorized" });
});

test("a consent awaits the redirect of its newest link only", () => {
  const { consent, link } = consentOf();
  const [old, fresh] = [link(), link()];
  expect([old, fresh].map(({ redirect }) => consent.awaits(redirect))).toEqual([false, true]);
  expect(consent.awaits(`${REDIRECT}?code=abc`)).toBe(false);
});

test("PUB-CLI-2: a code that came too late is named, and the next link works", async () => {
  const { consent, link, service } = consentOf();
  service.refuse = new RejectedError({
    ...{ code: "code_expired", status: 503, meaning: "invalid code" },
    ...{ service: "v2/oauth2", action: "requesttoken" },
  });
  expect(await consent.take(link().redirect, true)).toMatchObject({ is: "failed", problem: { code: "code_expired" } });
  service.refuse = undefined;
  expect(await consent.take(link().redirect, true)).toMatchObject({ is: "authorized" });
});

test("a failure of our own is no outcome", async () => {
  const { consent, link, service } = consentOf();
  service.refuse = new TypeError("a bug");
  await expect(consent.take(link().redirect, true)).rejects.toThrow("a bug");
  service.refuse = new NotAuthorizedError("no", { code: "grant_ended" });
  expect(await consent.take(link().redirect, true)).toMatchObject({ is: "failed", problem: { code: "grant_ended" } });
});
