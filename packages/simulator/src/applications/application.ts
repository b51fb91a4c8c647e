import { createHmac, randomBytes } from "node:crypto";
import type { MovableClock } from "../clock.ts";
import { PUBLIC_LIMITS } from "./limits.ts";
import type { Quirks } from "./quirks.ts";

export interface ApplicationDetails {
  readonly name?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Compared byte by byte. */
  readonly redirectUrls?: readonly string[];
  readonly quirks?: Quirks;
}

/** Tokens as the service gives them. */
export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Living extends Pair {
  readonly accessEndsAt: number;
  refreshEndsAt: number;
  /** Its refresh token ends when this pair's access token is used. */
  before: Living | undefined;
}

export interface Profile {
  readonly appli: number;
  readonly callbackUrl: string;
  readonly comment: string | null;
}

interface Code {
  readonly userId: number;
  readonly redirectUrl: string;
  readonly scopes: readonly string[];
  readonly endsAt: number;
}

/** The consent of one person. */
export class Consent {
  readonly userId: number;
  scopes: readonly string[];
  readonly pairs: Living[] = [];
  readonly profiles: Profile[] = [];
  /** The second since which no callback of a profile was taken. */
  readonly failingSince = new Map<Profile, number>();

  constructor(userId: number, scopes: readonly string[]) {
    this.userId = userId;
    this.scopes = scopes;
  }
}

const token = () => randomBytes(20).toString("hex");

/** An application of the developer portal, with everything that people consented to. */
export class Application {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrls: readonly string[];
  quirks: Quirks;
  readonly consents = new Map<number, Consent>();
  readonly #clock: MovableClock;
  readonly #codes = new Map<string, Code>();
  readonly #nonces = new Map<string, number>();
  readonly #calls: number[] = [];
  /** When an identical call was last made, by its key. */
  readonly #sent = new Map<string, number>();

  constructor(details: ApplicationDetails, clock: MovableClock) {
    this.name = details.name ?? "Weighbridge";
    this.clientId = details.clientId ?? token();
    this.clientSecret = details.clientSecret ?? token();
    this.redirectUrls = details.redirectUrls ?? ["http://localhost:8643/callback"];
    this.quirks = details.quirks ?? {};
    this.#clock = clock;
  }

  sign(...values: readonly string[]): string {
    return createHmac("sha256", this.clientSecret).update(values.join(",")).digest("hex");
  }

  newNonce(): string {
    const nonce = token();
    this.#nonces.set(nonce, this.#clock.seconds() + PUBLIC_LIMITS.nonceLastsS);
    return nonce;
  }

  /** True once for each. */
  useNonce(nonce: string): boolean {
    const endsAt = this.#nonces.get(nonce) ?? 0;
    this.#nonces.delete(nonce);
    return endsAt > this.#clock.seconds();
  }

  newCode(userId: number, redirectUrl: string, scopes: readonly string[]): string {
    const code = token();
    this.#codes.set(code, { userId, redirectUrl, scopes, endsAt: this.#clock.seconds() + PUBLIC_LIMITS.codeLastsS });
    return code;
  }

  /** Undefined where the code is unknown, used, late, or of another redirect. */
  useCode(code: string, redirectUrl: string): Consent | undefined {
    const given = this.#codes.get(code);
    this.#codes.delete(code);
    if (given === undefined || given.endsAt <= this.#clock.seconds() || given.redirectUrl !== redirectUrl)
      return undefined;
    return this.consent(given.userId, given.scopes);
  }

  consent(userId: number, scopes: readonly string[]): Consent {
    const known = this.consents.get(userId);
    if (known) {
      known.scopes = scopes;
      return known;
    }
    const consent = new Consent(userId, scopes);
    this.consents.set(userId, consent);
    return consent;
  }

  newPair(consent: Consent, before?: Living): Living {
    const now = this.#clock.seconds();
    if (before)
      before.refreshEndsAt = this.quirks.rotatesStrictly
        ? now
        : Math.min(before.refreshEndsAt, now + PUBLIC_LIMITS.oldRefreshLastsS);
    const pair: Living = {
      accessToken: token(),
      refreshToken: token(),
      accessEndsAt: now + PUBLIC_LIMITS.accessLastsS,
      refreshEndsAt: now + PUBLIC_LIMITS.refreshLastsS,
      before,
    };
    consent.pairs.push(pair);
    // Forgets the oldest pair, which has ended for good.
    if (consent.pairs.length > 20) consent.pairs.shift();
    return pair;
  }

  /** The pair that may be renewed with this token, with its consent. */
  byRefreshToken(refreshToken: string): { readonly consent: Consent; readonly pair: Living } | undefined {
    return this.#find((pair) => pair.refreshToken === refreshToken && pair.refreshEndsAt > this.#clock.seconds());
  }

  /** The consent behind an access token that is good. */
  byAccessToken(accessToken: string): Consent | undefined {
    return this.#byAccessToken(accessToken)?.consent;
  }

  /** The use of an access token ends all refresh tokens before its own. */
  usesAccessToken(accessToken: string): void {
    const pair = this.#byAccessToken(accessToken)?.pair;
    if (pair === undefined) return;
    for (let old = pair.before; old !== undefined; old = old.before) old.refreshEndsAt = 0;
    pair.before = undefined;
  }

  #byAccessToken(accessToken: string) {
    return this.#find((pair) => pair.accessToken === accessToken && pair.accessEndsAt > this.#clock.seconds());
  }

  /** A callback was taken or not: twenty days without one that was end the subscription. */
  answered(consent: Consent, profile: Profile, isTaken: boolean): void {
    if (isTaken) return void consent.failingSince.delete(profile);
    const now = this.#clock.seconds();
    const since = consent.failingSince.get(profile) ?? now;
    consent.failingSince.set(profile, since);
    const index = consent.profiles.indexOf(profile);
    if (index < 0 || now - since < PUBLIC_LIMITS.failsForS) return;
    consent.profiles.splice(index, 1);
    consent.failingSince.delete(profile);
  }

  #find(isIt: (pair: Living) => boolean) {
    for (const consent of this.consents.values()) {
      const pair = consent.pairs.find(isIt);
      if (pair) return { consent, pair };
    }
    return undefined;
  }

  /** False where the minute is used up. */
  countCall(): boolean {
    const now = this.#clock.seconds();
    while ((this.#calls[0] ?? now) <= now - 60) this.#calls.shift();
    if (this.#calls.length >= (this.quirks.callsPerMinute ?? PUBLIC_LIMITS.callsPerMinute)) return false;
    this.#calls.push(now);
    return true;
  }

  /** Seconds for which an identical call is refused; 0 for one that may be made, which counts. */
  repeatsWithin(key: string): number {
    const now = this.#clock.seconds();
    const { sameArgumentsS = PUBLIC_LIMITS.sameArgumentsS } = this.quirks;
    for (const [old, at] of this.#sent) if (at <= now - sameArgumentsS) this.#sent.delete(old);
    const at = this.#sent.get(key);
    if (at !== undefined) return sameArgumentsS - (now - at);
    this.#sent.set(key, now);
    return 0;
  }
}
