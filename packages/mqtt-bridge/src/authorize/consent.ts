import { randomBytes } from "node:crypto";
import {
  type Clock,
  type Grant,
  readRedirect,
  type TokenStore,
  WeighbridgeError,
  type WrongRedirect,
} from "@weighbridge/core";
import type { PersonConfig, PublicAccountConfig } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import type { Page } from "./redirect-server.ts";

/** The calls that a consent needs. */
export interface ConsentClient {
  authorizeUrl(options: { readonly redirectUrl: string; readonly state: string; readonly isDemo?: boolean }): string;
  /** Exchanges a code, which lives 30 s and works once. Keeps nothing. */
  exchange(code: { readonly code: string; readonly redirectUrl: string }): Promise<Grant>;
}

export interface ConsentInput {
  readonly client: ConsentClient;
  readonly account: PublicAccountConfig;
  readonly person: PersonConfig;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  /** The demo person of the service consents, without a log-in. */
  readonly isDemo: boolean;
}

/** What became of a redirect, or of what was pasted in its place. */
export interface Outcome extends Page {
  /** The grant, where it is stored now; else a fresh link is needed. */
  readonly grant?: Grant;
  /** A page to open before the fresh link, such as the one that logs out. */
  readonly firstOpen?: string;
}

const WRONG: Readonly<Record<WrongRedirect, string>> = {
  empty: "Nothing was given. Paste the whole address of the page that the browser shows after you have agreed.",
  consent_page:
    "That is the address of the consent page itself. Agree there first; then paste the address that the browser shows after that.",
  redirect_not_registered:
    "The redirect URL is not registered for this application. Enter it in the developer portal under Registered URLs, letter by letter:",
  other_attempt: "That address belongs to an earlier attempt. Open the newest link, and use what comes back from that.",
  no_code: "That address holds no code. Paste the whole address that the browser shows after you have agreed.",
};

/** One person's way through the consent page, as often as it takes. Each link works once, and for ten minutes. */
export class Consent {
  readonly #input: ConsentInput;
  #state = "";
  #bornAt = -Infinity;
  /** One redirect is judged at a time: the browser may send one twice. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(input: ConsentInput) {
    this.#input = input;
  }

  /** A fresh link; the one before it works no more. */
  newLink(): string {
    const { client, account, clock, isDemo } = this.#input;
    this.#state = randomBytes(16).toString("base64url");
    this.#bornAt = clock.monotonic();
    return client.authorizeUrl({ redirectUrl: account.redirect_url, state: this.#state, isDemo });
  }

  /** Judges what came back, and exchanges and stores at once. Rejects with what is no WeighbridgeError. */
  take(text: string, isPasted: boolean): Promise<Outcome> {
    const outcome = this.#last.then(() => this.#judge(text, isPasted));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  async #judge(text: string, isPasted: boolean): Promise<Outcome> {
    const { account, clock } = this.#input;
    const isOver = this.#state === "" || clock.monotonic() - this.#bornAt > LIMITS.consentMs;
    const redirect = readRedirect(text, {
      state: isOver ? randomBytes(16).toString("base64url") : this.#state,
      isPasted,
    });
    if (redirect.is === "refused")
      return bad("Not authorized", `The consent was refused (${redirect.error}). Nothing was changed.`);
    if (redirect.is === "wrong") {
      const more = redirect.what === "redirect_not_registered" ? ` ${account.redirect_url}` : "";
      return bad("That did not work", `${WRONG[redirect.what]}${more}`);
    }
    this.#state = "";
    try {
      return await this.#exchange(redirect.code);
    } catch (error) {
      if (error instanceof WeighbridgeError)
        return bad("That did not work", `${sentence(error.message)} ${error.remedy}`);
      throw error;
    }
  }

  async #exchange(code: string): Promise<Outcome> {
    const { client, account, person, tokens } = this.#input;
    const grant = await client.exchange({ code, redirectUrl: account.redirect_url });
    const stranger = await this.#strangerWords(grant);
    if (stranger !== undefined) return { ...bad("The wrong person agreed", stranger), firstOpen: this.#logOut() };
    const stored = await tokens.exclusively(person.slug, async () => {
      const before = await tokens.read(person.slug);
      const next = { ...grant, revision: (before?.revision ?? 0) + 1 };
      await tokens.write(person.slug, next);
      return next;
    });
    return { title: `${person.name} is authorized`, words: "You may close this window.", isGood: true, grant: stored };
  }

  /** Undefined where the consent is this person's. */
  async #strangerWords({ userId }: Grant): Promise<string | undefined> {
    const { person, tokens } = this.#input;
    const nothing =
      "Nothing was stored. Log out at Withings first, then open the fresh link and choose the right person.";
    if (person.userid !== undefined && String(person.userid) !== userId)
      return `The userid is ${userId}, and that of ${person.name} in the configuration is ${person.userid}. ${nothing}`;
    for (const name of await tokens.names()) {
      const other = name === person.slug ? undefined : await tokens.read(name);
      if (other?.userId === userId) return `This is ${name} (userid ${userId}), not ${person.slug}. ${nothing}`;
    }
    const before = await tokens.read(person.slug);
    if (before === undefined || before.userId === userId) return undefined;
    return `${person.slug} was userid ${before.userId} so far, and this is userid ${userId}. ${nothing}`;
  }

  /** Logs the browser out, which would go on with the session of the person before, and leads back to the consent page. */
  #logOut(): string {
    const url = new URL("/logout", this.#input.account.authorize_url);
    url.searchParams.set("r", this.newLink());
    return url.href;
  }
}

const bad = (title: string, words: string): Outcome => ({ title, words, isGood: false });
const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
