import type { CallOptions, EpochSeconds, ListedSubscription, MeasurePage, PersonApi, Profile } from "@weighbridge/core";

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

/** Everything that nodes do at the API, for one person. Only what implements it knows the generation. Every call throws a WeighbridgeError. */
export interface AccountApi {
  /** Tells this person apart from all others, at any API. */
  readonly key: string;
  readonly person: PersonApi;
  probe(options?: CallOptions): Promise<void>;
  measures(query: MeasureQuery, options?: CallOptions): AsyncIterable<MeasurePage>;
  user(options?: CallOptions): Promise<AccountUser>;
  users(login: Login, options?: CallOptions): Promise<readonly FoundUser[]>;
  /** Turning it off makes the account's own key invalid. */
  setSharing(isSharing: boolean, options?: CallOptions): Promise<{ readonly publicKeyInvalidated: boolean }>;
  subscriptions(options?: CallOptions): Promise<readonly ListedSubscription[]>;
  /** Why the API would refuse this callback URL; undefined where it would not. */
  refusalOf(callbackUrl: string): string | undefined;
}
