import type {
  CallOptions,
  EpochSeconds,
  Generation,
  ListedSubscription,
  MeasurePage,
  PersonApi,
  Profile,
  PublicPerson,
  TokenStore,
} from "@weighbridge/core";

/** Filters of a reading; each works alone and with the others. */
export interface MeasureQuery {
  readonly startDate?: EpochSeconds | undefined;
  readonly endDate?: EpochSeconds | undefined;
  /** Added or modified since. */
  readonly lastUpdate?: EpochSeconds | undefined;
  readonly measureType?: number | undefined;
  readonly category?: 1 | 2 | undefined;
  /** With a limit or an offset one request is made; without both, as many as it takes. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface AccountUser extends Profile {
  readonly userId: string;
}

/** A user with the key that reads their data: a secret. */
export interface FoundUser extends AccountUser {
  readonly publicKey: string;
}

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** A subscription of the person; today's API has one for each category of data. */
export interface AccountSubscription extends ListedSubscription {
  readonly category?: string;
}

/** Everything that nodes do at the API, for one person. Only what implements it knows the generation. Every call throws a WeighbridgeError. */
export interface AccountApi {
  /** Tells this person apart from all others, at any API. */
  readonly key: string;
  readonly person: PersonApi;
  probe(options?: CallOptions): Promise<void>;
  measures(query: MeasureQuery, options?: CallOptions): AsyncIterable<MeasurePage>;
  user(options?: CallOptions): Promise<AccountUser>;
  subscriptions(options?: CallOptions): Promise<readonly AccountSubscription[]>;
  /** Only the original API has it. */
  readonly original?: OriginalApi;
  /** Only today's API has it. */
  readonly today?: PublicPerson;
}

interface OriginalApi {
  users(login: Login, options?: CallOptions): Promise<readonly FoundUser[]>;
  /** Turning it off makes the account's own key invalid. */
  setSharing(isSharing: boolean, options?: CallOptions): Promise<{ readonly publicKeyInvalidated: boolean }>;
}

/** One grant of a store. */
export interface GrantPlace {
  readonly tokens: TokenStore;
  readonly name: string;
}

/** An account's API as the settings describe it, before its person is known. */
export interface AccountSource {
  readonly generation: Generation;
  /** The person's API. Rejects with `not_authorized` where nobody has consented yet. */
  open(): Promise<AccountApi>;
  /** Why the API would refuse this callback URL; undefined where it would not. */
  refusalOf(callbackUrl: string): string | undefined;
}
