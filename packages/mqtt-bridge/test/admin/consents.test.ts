import { systemClock } from "@weighbridge/core";
import { ManualClock } from "@weighbridge/core/testing";
import type { Person } from "@weighbridge/simulator";
import { expect, test } from "vitest";
import { openGrants } from "../../src/grants/grants.ts";
import { adminUrl, ask, put } from "../support/admin.ts";
import { type House, house, moving } from "../support/todays-house.ts";

/** The person's browser: consents on the page, and gives the address that it is led back to. */
async function agrees(link: string, person: Person, decision = "allow"): Promise<string> {
  const body = new URLSearchParams({ userid: String(person.userId), decision });
  return (await fetch(link, { method: "POST", body, redirect: "manual" })).headers.get("location") as string;
}

async function waitingFor(...people: object[]) {
  const at = await house();
  const ada = at.sim.person("Ada");
  const clock = new ManualClock(at.startedAt);
  await at.start({ people, clock });
  const url = adminUrl(at);
  const consent = async (body: object, slug = "ada") => ask(url, `/api/people/${slug}/consent`, put(body));
  return {
    ...{ at, ada, clock, url, consent },
    link: async () => (await consent({})).json().link as string,
    outcome: async (address: string) => (await consent({ address })).json().outcome as string,
  };
}

const ADA = { slug: "ada", name: "Ada" };
const grantOf = ({ directory }: House) => openGrants(directory, systemClock).read("ada");

test("who has not consented stands in the status, consents by link and pasted address, and is followed", async () => {
  const { at, ada, clock, url, consent, link, outcome } = await waitingFor(ADA);
  const { consents, problems } = (await ask(url, "/api/status")).json();
  expect(consents).toEqual([{ person: "ada", name: "Ada", code: "not_authorized" }]);
  expect(problems[0].remedy).toContain("Choose Authorize on the status page");
  const begun = (await consent({})).json();
  expect(begun).toEqual({ link: expect.stringContaining("response_type=code"), redirect_url: expect.any(String) });
  const address = await agrees(await link(), ada);
  expect(address.startsWith(begun.redirect_url)).toBe(true);
  expect(await outcome(address)).toBe("authorized");
  expect(await grantOf(at)).toMatchObject({ userId: String(ada.userId) });
  await moving(at, clock, () => at.newcomers.includes("ada"));
  expect(at.log.lines.join("")).not.toContain(new URL(address).searchParams.get("code"));
});

test("what is pasted wrongly is named and stores nothing, and each fresh link works", async () => {
  const { at, ada, clock, link, outcome } = await waitingFor(ADA);
  const first = await link();
  expect(await outcome(" ")).toBe("empty");
  expect(await outcome(first)).toBe("consent_page");
  await link();
  expect(await outcome(await agrees(first, ada))).toBe("other_attempt");
  expect(await outcome(await agrees(await link(), ada, "deny"))).toBe("refused");
  expect(await outcome("https://example.org/")).toBe("no_code");
  const late = await agrees(await link(), ada);
  at.sim.clock.advance(31_000);
  await clock.advance(31_000);
  expect(await outcome(late)).toBe("failed");
  expect(await grantOf(at)).toBeUndefined();
  expect(await outcome(await agrees(await link(), ada))).toBe("authorized");
});

test("another person than the one of the configuration is refused, and the answer leads over the log-out", async () => {
  const { at, ada, consent, link } = await waitingFor({ ...ADA, userid: 4_711 });
  const answer = (await consent({ address: await agrees(await link(), ada) })).json();
  expect(answer).toMatchObject({ outcome: "stranger_expected", userid: String(ada.userId), other: "4711" });
  expect(answer.first_open).toContain("/logout?");
  expect(await grantOf(at)).toBeUndefined();
});

test("without a link, for nobody, and from another site nothing is taken", async () => {
  const { url, consent } = await waitingFor(ADA);
  expect(await consent({ address: "x" })).toMatchObject({ status: 409 });
  expect((await consent({}, "eve")).json().error).toMatchObject({ code: "no_consent" });
  const forged = await ask(url, "/api/people/ada/consent", put({}, { origin: "https://elsewhere.example" }));
  expect(forged.status).toBe(403);
  expect((await ask(url, "/api/people/ada/consent", { method: "POST", body: "{}" })).status).toBe(400);
});

test("a wrong secret is said before any link", async () => {
  const at = await house();
  const account = { id: "home", generation: "public", base_url: at.sim.url, client_id: "client", client_secret: "no" };
  await at.start({ accounts: [account], clock: new ManualClock(at.startedAt) });
  const { status, json } = await ask(adminUrl(at), "/api/people/ada/consent", put({}));
  expect([status, json().error.code]).toEqual([502, "wrong_client"]);
});
