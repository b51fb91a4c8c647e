import { WeighbridgeError } from "@weighbridge/core";
import type { PageConsents, TakenConsent } from "../people/page-consents.ts";
import type { ConsentAnswer, ConsentLinkAnswer } from "./contract.ts";
import { AdminError, invalid } from "./reply.ts";

export type ConsentsOfPage = Pick<PageConsents, "begin" | "take">;

/** A link to the consent page. Throws an AdminError where this person needs none, or where none can work. */
export async function consentLink(consents: ConsentsOfPage, slug: string): Promise<ConsentLinkAnswer> {
  try {
    const begun = await consents.begin(slug);
    if (begun !== undefined) return { link: begun.link, redirect_url: begun.redirectUrl };
  } catch (error) {
    if (!(error instanceof WeighbridgeError)) throw error;
    throw new AdminError(502, error.code, error.message, error.remedy);
  }
  throw new AdminError(
    404,
    "no_consent",
    `nobody called ${slug} consents at today's API`,
    "Use a slug of such a person.",
  );
}

/** Takes the address that the browser was led to. Throws an AdminError where no link was asked for. */
export async function consentAnswer(consents: ConsentsOfPage, slug: string, address: unknown): Promise<ConsentAnswer> {
  if (typeof address !== "string") throw invalid("address is no text", 'Send {"address": "…"}, or {} for a link.');
  const outcome = await consents.take(slug, address);
  if (outcome !== undefined) return documentOf(outcome);
  throw new AdminError(409, "no_link", `there is no link to the consent page for ${slug}`, "Ask for one with {}.");
}

function documentOf(outcome: TakenConsent): ConsentAnswer {
  const nothing = { userid: null, other: null, problem: null, first_open: null };
  switch (outcome.is) {
    case "authorized":
      return { outcome: "authorized", ...nothing };
    case "refused":
      return { outcome: "refused", ...nothing };
    case "wrong":
      return { outcome: outcome.what, ...nothing };
    case "failed":
      return { outcome: "failed", ...nothing, problem: outcome.problem };
    case "stranger":
      return {
        ...{ outcome: `stranger_${outcome.known}`, ...nothing, userid: outcome.userId, first_open: outcome.firstOpen },
        other: otherOf(outcome),
      };
  }
}

function otherOf(stranger: TakenConsent & { readonly is: "stranger" }): string {
  if (stranger.known === "expected") return stranger.expected;
  return stranger.known === "other" ? stranger.other : stranger.before;
}
