import type { Clock } from "../clock.ts";
import type { EpochSeconds } from "../domain/measure-group.ts";
import { NotAuthorizedError, TokensNotKeptError } from "../errors.ts";
import type { Grant, TokenStore } from "../ports/token-store.ts";
import { GRANT_LIMITS } from "./limits.ts";

/** A new pair of tokens, as the service answers it. */
export interface TokenPair {
  readonly userId: string;
  readonly accessToken: string;
  readonly expiresInS: number;
  readonly refreshToken: string;
  readonly scope: string;
}

/**
 * - `tokens_in_memory`: the newest pair could not be stored for hours, and is used without: a restart loses the consent
 * - `consent_old`: the refresh token was not renewed for eleven months; it ends after a year
 */
export type GrantWarning = "tokens_in_memory" | "consent_old";

export interface GrantKeeperInput {
  /** That of the grant in the store. */
  readonly name: string;
  readonly clientId: string;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  /** Exchanges a refresh token for the next pair. Rejects with the code `grant_ended` where the service refuses the token for good. */
  refresh(refreshToken: string): Promise<TokenPair>;
  /** Called once for each. */
  onWarning?(warning: GrantWarning): void;
}

/** The end of a consent, as a callback announced it. */
export type AnnouncedEnd = "unlink" | "delete";

/** Words of a problem for each end, by its code. */
const ENDS = {
  grant_ended: "has ended",
  person_unlinked: "was withdrawn",
  person_deleted: "has ended with the person's account",
} as const;
type EndCode = keyof typeof ENDS;

const ANNOUNCED = { unlink: "person_unlinked", delete: "person_deleted" } as const satisfies Record<
  AnnouncedEnd,
  EndCode
>;

/** A pair that the service gave and the disk did not take. */
interface Unsaved {
  readonly grant: Grant;
  readonly since: number;
  /** Refresh token of the stored grant that it renews: another one there is a later consent. */
  readonly storedToken: string;
}

/**
 * By store and name, since a keeper may be replaced by another one in the same process, as a redeploy of Node-RED does. Changed only while
 * the store keeps others out.
 */
const unsavedOf = new WeakMap<TokenStore, Map<string, Unsaved>>();

/**
 * Gives the access token of one consent, and renews it in time: once, whoever asks and in however many processes.
 *
 * A renewed pair is stored before it is used: the service lets the pair before it live until then, so that a crash at any step leaves a pair
 * that works. Only what the service refuses for good ends a grant; an answer that never came, or is no answer, changes nothing.
 */
export class GrantKeeper {
  readonly #input: GrantKeeperInput;
  #held: Grant | undefined;
  #flight: Promise<Grant> | undefined;
  /** The refresh token that the service refused last, where that could not be stored: a later consent has another one. */
  #refused: { readonly token: string; readonly at: number } | undefined;
  #announced: { readonly code: EndCode; readonly at: number } | undefined;
  readonly #warned = new Set<GrantWarning>();

  constructor(input: GrantKeeperInput) {
    this.#input = input;
  }

  /**
   * A grant whose access token is good. `above`: the revision that the service refused, so that a newer one is needed. Rejects with a
   * NotAuthorizedError, a TokensNotKeptError, with what `refresh` rejects with, and with the signal's reason.
   */
  async grant({ above = -1, signal }: { readonly above?: number; readonly signal?: AbortSignal } = {}): Promise<Grant> {
    for (;;) {
      signal?.throwIfAborted();
      const held = this.#held;
      if (held && held.revision > above && this.#isGood(held)) return held;
      this.#flight ??= this.#renewed(above).finally(() => {
        this.#flight = undefined;
      });
      // The flight is everybody's: one caller that gives up does not end it.
      const grant = await abortable(this.#flight, signal);
      if (grant.revision > above) return grant;
    }
  }

  /** A callback says why the consent ends. Nothing proves it: it names the end that a refusal shows soon before or after it, and ends nothing. */
  announce(end: AnnouncedEnd): void {
    this.#announced = { code: ANNOUNCED[end], at: this.#input.clock.now() };
  }

  async #renewed(above: number): Promise<Grant> {
    const { name, tokens } = this.#input;
    this.#held = undefined;
    this.#held = await tokens.exclusively(name, async () => {
      const grant = await this.#current();
      this.#warnOfAge(grant);
      if (grant.ended === undefined && grant.revision > above && this.#isGood(grant)) return grant;
      await this.#refuseEnded(grant);
      return this.#exchanged(grant);
    });
    return this.#held;
  }

  /** The stored grant, or the newer pair that could not be stored yet. */
  async #current(): Promise<Grant> {
    const { name, clientId, tokens } = this.#input;
    const stored = await tokens.read(name);
    if (stored === undefined || stored.clientId !== clientId) {
      this.#setUnsaved(undefined);
      throw new NotAuthorizedError(`${name} has not consented to this application yet`, { code: "not_authorized" });
    }
    const unsaved = this.#unsaved;
    if (unsaved === undefined) return stored;
    if (stored.refreshToken === unsaved.storedToken && stored.revision < unsaved.grant.revision)
      return this.#saved(unsaved);
    this.#setUnsaved(undefined);
    return stored;
  }

  get #unsaved(): Unsaved | undefined {
    return unsavedOf.get(this.#input.tokens)?.get(this.#input.name);
  }

  #setUnsaved(unsaved: Unsaved | undefined): void {
    const { name, tokens } = this.#input;
    const pairs = unsavedOf.get(tokens) ?? new Map<string, Unsaved>();
    if (unsaved === undefined) pairs.delete(name);
    else pairs.set(name, unsaved);
    unsavedOf.set(tokens, pairs);
  }

  /** Stores a pair, then gives it. Where that fails it stays unused, but for the time when the pair before it has ended anyway. */
  async #saved(pair: Unsaved): Promise<Grant> {
    const { name, tokens, clock } = this.#input;
    const { grant, since } = pair;
    try {
      await tokens.write(name, grant);
      this.#setUnsaved(undefined);
    } catch (error) {
      if (!(error instanceof TokensNotKeptError)) throw error;
      this.#setUnsaved(pair);
      if (clock.now() - since < GRANT_LIMITS.unusedMs) throw error;
      this.#warn("tokens_in_memory");
    }
    return grant;
  }

  async #refuseEnded(grant: Grant): Promise<void> {
    const { name, clock } = this.#input;
    const { ended, refreshToken } = grant;
    const refusedAt = this.#refused?.token === refreshToken ? this.#refused.at : -Infinity;
    const endedAt = Math.max(refusedAt, (ended?.at ?? -Infinity) * 1000);
    const sinceMs = clock.now() - endedAt;
    if (sinceMs < 0 || sinceMs >= GRANT_LIMITS.tryEndedMs) return;
    const code = this.#codeOf(endedAt, ended?.code);
    if (ended && code !== ended.code) await this.#mark(grant, { ...ended, code });
    throw endedError(name, code);
  }

  /** Of an end at this time. A deletion unlinks, too: the graver news stays. */
  #codeOf(endedAt: number, stored: string | undefined): EndCode {
    const known = isEnd(stored) ? stored : "grant_ended";
    const announced = this.#announced;
    if (!announced || Math.abs(announced.at - endedAt) > GRANT_LIMITS.announcedMs) return known;
    return known === ANNOUNCED.delete ? known : announced.code;
  }

  /** A mark that cannot be stored is kept in memory only: the refusal is the graver news. */
  async #mark(grant: Grant, ended: NonNullable<Grant["ended"]>): Promise<void> {
    const { name, tokens } = this.#input;
    await tokens.write(name, { ...grant, ended, revision: grant.revision + 1 }).catch((error: unknown) => {
      if (!(error instanceof TokensNotKeptError)) throw error;
    });
  }

  async #exchanged(grant: Grant): Promise<Grant> {
    const { name, clock, refresh } = this.#input;
    const requestedAt = Math.floor(clock.now() / 1000);
    let pair: TokenPair;
    try {
      pair = await refresh(grant.refreshToken);
    } catch (error) {
      if (error instanceof NotAuthorizedError && error.code === "grant_ended") return this.#afterRefusal(grant);
      throw error;
    }
    if (pair.userId !== grant.userId)
      throw new NotAuthorizedError(`the tokens of ${name} became those of another person`, { code: "wrong_person" });
    const { since = clock.now(), storedToken = grant.refreshToken } = this.#unsaved ?? {};
    return this.#saved({ grant: nextGrant(grant, pair, requestedAt), since, storedToken });
  }

  /** Another program may have renewed the pair through a copy of the store: a newer one is used, else the grant is marked. */
  async #afterRefusal(refused: Grant): Promise<Grant> {
    const { name, tokens, clock } = this.#input;
    const stored = await tokens.read(name);
    if (stored && stored.revision > refused.revision && stored.ended === undefined && this.#isGood(stored))
      return stored;
    this.#refused = { token: refused.refreshToken, at: clock.now() };
    const code = this.#codeOf(clock.now(), stored?.ended?.code);
    if (stored) await this.#mark(stored, { at: Math.floor(clock.now() / 1000), code });
    throw endedError(name, code);
  }

  #isGood({ accessEndsAt }: Grant): boolean {
    return accessEndsAt * 1000 - this.#input.clock.now() > GRANT_LIMITS.marginMs;
  }

  #warnOfAge({ refreshIssuedAt }: Grant): void {
    if (this.#input.clock.now() - refreshIssuedAt * 1000 > GRANT_LIMITS.oldMs) this.#warn("consent_old");
  }

  #warn(warning: GrantWarning): void {
    if (this.#warned.has(warning)) return;
    this.#warned.add(warning);
    this.#input.onWarning?.(warning);
  }
}

/** A grant with a new pair of tokens. `requestedAt`: when the pair was asked for, since its time runs from then. */
export function nextGrant(
  before: Pick<Grant, "clientId" | "revision"> & Partial<Pick<Grant, "scope">>,
  { userId, accessToken, expiresInS, refreshToken, scope }: TokenPair,
  requestedAt: EpochSeconds,
): Grant {
  return {
    userId,
    clientId: before.clientId,
    accessToken,
    accessEndsAt: requestedAt + expiresInS,
    refreshToken,
    refreshIssuedAt: requestedAt,
    // A renewal changes nothing of it.
    scope: scope || (before.scope ?? ""),
    revision: before.revision + 1,
  };
}

/** A later version may have stored another one. */
const isEnd = (code: string | undefined): code is EndCode => code !== undefined && Object.hasOwn(ENDS, code);

const endedError = (name: string, code: EndCode) =>
  new NotAuthorizedError(`the consent of ${name} ${ENDS[code]}`, { code });

/** The promise, or the signal's reason, whichever comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}
