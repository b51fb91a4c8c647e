import { Application, type Clock, createWbsClient, type PersonApi, type WbsClient } from "@weighbridge/core";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { AccountConfig, Config, PersonConfig, WbsAccountConfig } from "../config/schema.ts";
import type { Log } from "../log.ts";
import type { BridgeEvent } from "../messages/bridge-documents.ts";

export interface AccountsInput {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A household should see it. */
  warn(event: BridgeEvent): void;
  /** Called before each request to an API. */
  onCall(): void;
}

/** Makes the API of each configured person. People of one account share its application: limit, guard and pace. */
export class Accounts {
  readonly #input: AccountsInput;
  readonly #all: readonly AccountConfig[];
  readonly #clients = new Map<string, WbsClient>();
  #unreadableFields = 0;

  constructor(input: AccountsInput) {
    this.#input = input;
    this.#all = accountsOf(input.config);
  }

  /** Fields of API answers that could not be read since the start. */
  get unreadableFields(): number {
    return this.#unreadableFields;
  }

  of(person: PersonConfig): { readonly account: AccountConfig; readonly api: PersonApi } {
    const account = accountOf(this.#all, person);
    const { userid: userId, publickey: publicKey } = person;
    if (account?.generation !== "wbs" || userId === undefined || publicKey === undefined)
      throw new Error(`the configuration of ${person.slug} was not checked`);
    const client = this.#clients.get(account.id) ?? this.#client(account);
    this.#clients.set(account.id, client);
    return { account, api: client.person({ userId, publicKey }) };
  }

  #client(account: WbsAccountConfig): WbsClient {
    const { config, version, clock, log, warn, onCall } = this.#input;
    const { base_url: baseUrl, method, timeout_s: timeoutS, calls_per_minute: callsPerMinute } = account;
    const repeatCallMs = Math.round(config.timing.repeat_call_s * 1000);
    return createWbsClient({
      baseUrl,
      method,
      timeoutMs: timeoutS * 1000,
      application: new Application({ clock, callsPerMinute, repeatCallMs }),
      clock,
      userAgent: `weighbridge/${version}`,
      onUnknown: ({ kind, code }) => {
        log.warn("The API sent a code that is not known yet; it is passed through", { kind, code });
        warn({ event: "unknown_code", kind, code });
      },
      onSkipped: (skipped) => {
        log.warn("The API sent measurements that cannot be read; they are left out, the others count", { ...skipped });
        this.#unreadableFields += 1;
        warn({ event: "group_skipped", ...skipped });
      },
      onCall,
    });
  }
}
