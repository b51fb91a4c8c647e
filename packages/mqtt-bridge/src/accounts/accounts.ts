import {
  Application,
  type Clock,
  createWbsClient,
  type PersonApi,
  type Problem,
  type PublicClient,
  type PublicPerson,
  problemOf,
  type Skipped,
  type TokenStore,
  type UnknownCode,
  type WbsClient,
} from "@weighbridge/core";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { AccountConfig, Config, PersonConfig, PublicAccountConfig, WbsAccountConfig } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { BridgeEvent } from "../messages/bridge-documents.ts";
import { publicClientOf } from "./public-client.ts";

export interface AccountsInput {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What people consented to, by slug. */
  readonly tokens: TokenStore;
  /** A household should see it. */
  warn(event: BridgeEvent): void;
  /** Called before each request to an API. */
  onCall(): void;
  /** Called after each, with `ok` or the code of the error. */
  onOutcome(outcome: string): void;
}

/** The API of a person who can be followed. */
export interface OpenedApi {
  readonly account: AccountConfig;
  readonly api: PersonApi;
  /** Only today's API can do it. */
  readonly today?: PublicPerson;
}

/** A person who cannot be followed yet, such as for want of a consent. */
export interface Waiting {
  readonly account: AccountConfig;
  readonly problem: Problem;
}

/** Makes the API of each configured person. People of one account share its application: limit, guard and pace. */
export class Accounts {
  readonly #input: AccountsInput;
  readonly #all: readonly AccountConfig[];
  readonly #originals = new Map<string, WbsClient>();
  readonly #todays = new Map<string, PublicClient>();
  #unreadableFields = 0;

  constructor(input: AccountsInput) {
    this.#input = input;
    this.#all = accountsOf(input.config);
  }

  /** Fields of API answers that could not be read since the start. */
  get unreadableFields(): number {
    return this.#unreadableFields;
  }

  async of(person: PersonConfig): Promise<OpenedApi | Waiting> {
    const account = accountOf(this.#all, person);
    if (account?.generation === "public") return this.#today(account, person);
    const { userid: userId, publickey: publicKey } = person;
    if (account === undefined || userId === undefined || publicKey === undefined)
      throw new Error(`the configuration of ${person.slug} was not checked`);
    return { account, api: this.#original(account).person({ userId, publicKey }) };
  }

  /** The client of an account of today's API. */
  today(account: PublicAccountConfig): PublicClient {
    const known = this.#todays.get(account.id);
    const client = known ?? this.#makeToday(account);
    this.#todays.set(account.id, client);
    return client;
  }

  async #today(account: PublicAccountConfig, { slug, userid }: PersonConfig): Promise<OpenedApi | Waiting> {
    try {
      const grant = await this.#input.tokens.read(slug);
      if (grant === undefined || grant.clientId !== account.client_id)
        return { account, problem: { ...NOT_AUTHORIZED, remedy: authorizeRemedy(slug) } };
      if (userid !== undefined && String(userid) !== grant.userId)
        return { account, problem: wrongPerson(slug, grant.userId) };
      const today = this.today(account).person(slug, grant.userId);
      return { account, api: today, today };
    } catch (error) {
      return { account, problem: problemOf(error) };
    }
  }

  /**
   * Ends the subscriptions of a person of today's API who is configured no more: the consent is still there, and stays. False where there is
   * none of this application. Rejects where the API does not answer.
   */
  async endSubscriptions(userId: string, callbackUrls: readonly string[]): Promise<boolean> {
    const { tokens } = this.#input;
    for (const name of await tokens.names()) {
      const grant = await tokens.read(name);
      const account = this.#all.find((one) => one.generation === "public" && one.client_id === grant?.clientId);
      if (grant?.userId === userId && account?.generation === "public") {
        const person = this.today(account).person(name, userId);
        const ended = [];
        for (const url of callbackUrls) ended.push(await person.revoke(url));
        return ended.includes(true);
      }
    }
    return false;
  }

  #original(account: WbsAccountConfig): WbsClient {
    const { config, version, clock, onCall, onOutcome } = this.#input;
    const known = this.#originals.get(account.id);
    const { base_url: baseUrl, method, timeout_s: timeoutS, calls_per_minute: callsPerMinute } = account;
    const repeatCallMs = Math.round(config.timing.repeat_call_s * 1000);
    const client =
      known ??
      createWbsClient({
        baseUrl,
        method,
        timeoutMs: timeoutS * 1000,
        application: new Application({ clock, callsPerMinute, repeatCallMs }),
        clock,
        userAgent: `weighbridge/${version}`,
        onUnknown: (unknown) => this.#reportUnknown(unknown),
        onSkipped: (skipped) => this.#reportSkipped(skipped),
        onCall,
        onOutcome,
      });
    this.#originals.set(account.id, client);
    return client;
  }

  #makeToday(account: PublicAccountConfig): PublicClient {
    const { config, version, clock, log, tokens, onCall, onOutcome } = this.#input;
    return publicClientOf(account, {
      ...{ tokens, clock, version, onCall, onOutcome },
      repeatCallMs: Math.round(config.timing.repeat_call_s * 1000),
      onUnknown: (unknown) => this.#reportUnknown(unknown),
      onSkipped: (skipped) => this.#reportSkipped(skipped),
      onForeign: (person, subscriptions) =>
        log.info("Another installation shares the application of this account; its subscriptions are left alone", {
          ...{ account: account.id, person, subscriptions },
        }),
      onGrantWarning: (person, warning) => log.warn(GRANT_WARNINGS[warning], { person }),
    });
  }

  #reportUnknown({ kind, code }: UnknownCode): void {
    this.#input.log.warn("The API sent a code that is not known yet; it is passed through", { kind, code });
    this.#input.warn({ event: "unknown_code", kind, code });
  }

  #reportSkipped(skipped: Skipped): void {
    const words = "The API sent measurements that cannot be read; they are left out, the others count";
    this.#input.log.warn(words, { ...skipped });
    this.#unreadableFields += 1;
    this.#input.warn({ event: "group_skipped", ...skipped });
  }
}

const NOT_AUTHORIZED = { code: "not_authorized", message: "the person has not consented to this application yet" };

const authorizeRemedy = (slug: string) =>
  `Choose Authorize on the status page, or run weighbridge authorize --person ${slug}.`;

const wrongPerson = (slug: string, userId: string): Problem => ({
  code: "wrong_person",
  message: `the stored consent is that of userid ${userId}, not the one of the configuration`,
  remedy: `Run weighbridge authorize --person ${slug}, logged in as the right person, or correct userid.`,
});

const GRANT_WARNINGS = {
  tokens_in_memory:
    "The newest tokens could not be stored for hours and are used from memory: a restart now would lose the consent. Free the disk",
  consent_old: "The consent was not renewed for eleven months and ends after a year: see why the API is not reached",
} as const;
