import type { EpochSeconds } from "../domain/measure-group.ts";

/** The consent of one person to one application, with the pair of tokens that it lives by. */
export interface Grant {
  readonly userId: string;
  /** The application that the person consented to. */
  readonly clientId: string;
  readonly accessToken: string;
  /** Counted from when its request went out. */
  readonly accessEndsAt: EpochSeconds;
  readonly refreshToken: string;
  readonly refreshIssuedAt: EpochSeconds;
  /** What the person granted, separated by commas. */
  readonly scope: string;
  /** Grows with each pair: of two copies the higher one is the living one. */
  readonly revision: number;
  /** The service refused the refresh token. Kept, since it was seen to work again, and since it says who must consent. */
  readonly ended?: { readonly at: EpochSeconds; readonly code: string };
}

/**
 * Port: the grants of a household, by a name that the host chooses, such as a person's slug. A grant that cannot be read is never replaced:
 * reading and writing it reject with a TokensNotKeptError, and so does a write that fails.
 */
export interface TokenStore {
  /** As it is kept now, by whichever process wrote it; undefined where there is none. */
  read(name: string): Promise<Grant | undefined>;
  /** On disk when it resolves; a power cut leaves the old pair or the new one. Refuses a revision that is not above the stored one. */
  write(name: string, grant: Grant): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
  /** Moves what is damaged beyond reading out of the way of a new grant, and keeps it. False where nothing is damaged like that. */
  setDamagedAside?(name: string): Promise<boolean>;
  /** Runs the work while nobody else runs theirs for this name, in this process or another one that shares the store. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
}
