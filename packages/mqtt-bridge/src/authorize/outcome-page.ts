import type { ConsentOutcome, WrongRedirect } from "@weighbridge/core";
import type { PersonConfig, PublicAccountConfig } from "../config/schema.ts";
import type { Page } from "./redirect-server.ts";

const WRONG: Readonly<Record<WrongRedirect, string>> = {
  empty: "Nothing was given. Paste the whole address of the page that the browser shows after you have agreed.",
  consent_page:
    "That is the address of the consent page itself. Agree there first; then paste the address that the browser shows after that.",
  redirect_not_registered:
    "The redirect URL is not registered for this application. Enter it in the developer portal under Registered URLs, letter by letter:",
  other_attempt: "That address belongs to an earlier attempt. Open the newest link, and use what comes back from that.",
  no_code: "That address holds no code. Paste the whole address that the browser shows after you have agreed.",
};

/** What became of a redirect, in words for the terminal and for the browser. */
export function outcomePage(outcome: ConsentOutcome, account: PublicAccountConfig, person: PersonConfig): Page {
  switch (outcome.is) {
    case "authorized":
      return { title: `${person.name} is authorized`, words: "You may close this window.", isGood: true };
    case "refused":
      return bad("Not authorized", `The consent was refused (${outcome.error}). Nothing was changed.`);
    case "wrong": {
      const more = outcome.what === "redirect_not_registered" ? ` ${account.redirect_url}` : "";
      return bad("That did not work", `${WRONG[outcome.what]}${more}`);
    }
    case "failed":
      return bad("That did not work", `${sentence(outcome.problem.message)} ${outcome.problem.remedy}`);
    case "stranger":
      return bad("The wrong person agreed", `${strangerWords(outcome, person)} ${NOTHING}`);
  }
}

const NOTHING = "Nothing was stored. Log out at Withings first, then open the fresh link and choose the right person.";

function strangerWords(stranger: ConsentOutcome & { readonly is: "stranger" }, { name, slug }: PersonConfig): string {
  const { userId } = stranger;
  switch (stranger.known) {
    case "expected":
      return `The userid is ${userId}, and that of ${name} in the configuration is ${stranger.expected}.`;
    case "other":
      return `This is ${stranger.other} (userid ${userId}), not ${slug}.`;
    case "before":
      return `${slug} was userid ${stranger.before} so far, and this is userid ${userId}.`;
  }
}

const bad = (title: string, words: string): Page => ({ title, words, isGood: false });
const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
