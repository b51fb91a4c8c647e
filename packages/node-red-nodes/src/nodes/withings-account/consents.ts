import { randomUUID } from "node:crypto";
import { type Clock, Consent, type ConsentOutcome, type PublicClient } from "@weighbridge/core";
import type { GrantPlace } from "../../account/account-api.ts";
import { SetupError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";

interface Attempt {
  readonly id: string;
  readonly grantName: string;
  readonly consent: Consent;
  outcome?: ConsentOutcome;
}

export interface ConsentsInput {
  readonly clock: Clock;
  /** A redirect was judged. */
  onOutcome(attempt: string, grantName: string, outcome: ConsentOutcome): void;
}

export interface ConsentStart {
  readonly client: PublicClient;
  readonly place: GrantPlace;
  readonly redirectUrl: string;
  /** Names of grants that must be other people's. */
  others(): readonly string[];
}

/** People on their way through the consent page: one for each account, each for ten minutes. */
export class Consents {
  readonly #input: ConsentsInput;
  /** The oldest first. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(input: ConsentsInput) {
    this.#input = input;
  }

  /** The link to open. One that was given for the account before works no more. */
  begin({ client, place: { tokens, name }, redirectUrl, others }: ConsentStart): {
    readonly attempt: string;
    readonly url: string;
  } {
    for (const { id, grantName } of this.#attempts.values()) if (grantName === name) this.#attempts.delete(id);
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size >= LIMITS.consents && oldest !== undefined) this.#attempts.delete(oldest);
    const { clock } = this.#input;
    const id = randomUUID();
    const consent = new Consent({ client, redirectUrl, tokens, name, clock, others });
    this.#attempts.set(id, { id, grantName: name, consent });
    return { attempt: id, url: consent.newLink() };
  }

  /** Judges the address that somebody pasted. */
  async redeem(id: string, address: string): Promise<ConsentOutcome> {
    const attempt = this.#attempts.get(id);
    if (attempt === undefined)
      throw new SetupError("this attempt is over", {
        code: "code_expired",
        remedy: "Press Authorize again, and use the page that opens then.",
      });
    return this.#judge(attempt, address, true);
  }

  /** Judges a browser's redirect; undefined where nobody waits for it. */
  async follow(url: string): Promise<ConsentOutcome | undefined> {
    const attempt = [...this.#attempts.values()].find(({ consent }) => consent.awaits(url));
    return attempt && this.#judge(attempt, url, false);
  }

  /** Undefined while the person is on the page. */
  outcomeOf(id: string): ConsentOutcome | undefined {
    return this.#attempts.get(id)?.outcome;
  }

  async #judge(attempt: Attempt, text: string, isPasted: boolean): Promise<ConsentOutcome> {
    const outcome = await attempt.consent.take(text, isPasted);
    attempt.outcome = outcome;
    this.#input.onOutcome(attempt.id, attempt.grantName, outcome);
    return outcome;
  }
}
