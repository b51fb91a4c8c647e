import { type Clock, Consent, type ConsentOutcome, type TokenStore } from "@weighbridge/core";
import type { Accounts } from "../accounts/accounts.ts";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { Config, PublicAccountConfig } from "../config/schema.ts";

export interface PageConsentsInput {
  readonly config: Config;
  readonly accounts: Pick<Accounts, "today">;
  readonly tokens: TokenStore;
  readonly clock: Clock;
}

interface Attempt {
  readonly consent: Consent;
  readonly account: PublicAccountConfig;
}

/** A link to the consent page, and the address that the browser is led to afterwards. */
export interface ConsentLink {
  readonly link: string;
  readonly redirectUrl: string;
}

export type TakenConsent = Exclude<ConsentOutcome, { readonly is: "authorized" }> | { readonly is: "authorized" };

/** Consents that are given through the status page: the browser may be anywhere, so that the address comes back by hand. */
export class PageConsents {
  readonly #input: PageConsentsInput;
  readonly #attempts = new Map<string, Attempt>();

  constructor(input: PageConsentsInput) {
    this.#input = input;
  }

  /** A fresh link; the one before it works no more. Undefined for who consents nowhere. Rejects with `wrong_client` or `clock_wrong`. */
  async begin(slug: string): Promise<ConsentLink | undefined> {
    const attempt = this.#attempts.get(slug) ?? (await this.#newAttempt(slug));
    if (attempt === undefined) return undefined;
    this.#attempts.set(slug, attempt);
    return { link: attempt.consent.newLink(), redirectUrl: attempt.account.redirect_url };
  }

  /** Takes the address that the browser was led to: a code in it lives for 30 s. Undefined where no link was asked for. */
  async take(slug: string, address: string): Promise<TakenConsent | undefined> {
    const attempt = this.#attempts.get(slug);
    if (attempt === undefined) return undefined;
    const outcome = await attempt.consent.take(address, true);
    if (outcome.is !== "authorized") return outcome;
    this.#attempts.delete(slug);
    return { is: "authorized" };
  }

  async #newAttempt(slug: string): Promise<Attempt | undefined> {
    const { config, accounts, tokens, clock } = this.#input;
    const person = config.people.find((one) => one.slug === slug);
    const account = person && accountOf(accountsOf(config), person);
    if (account?.generation !== "public") return undefined;
    const client = accounts.today(account);
    // Fails before a person logs in and agrees in vain.
    await client.checkClient();
    const consent = new Consent({
      ...{ client, tokens, clock, name: slug, redirectUrl: account.redirect_url },
      userId: person?.userid === undefined ? undefined : String(person.userid),
    });
    return { consent, account };
  }
}
