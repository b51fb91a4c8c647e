import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { CallOptions } from "../domain/call-options.ts";
import { type Problem, problemOf, WeighbridgeError } from "../errors.ts";
import type { Grant, TokenStore } from "../ports/token-store.ts";
import { GRANT_LIMITS } from "./limits.ts";
import { type Redirect, readRedirect, type WrongRedirect } from "./redirect.ts";

/** The calls that a consent needs: those of a `PublicClient`. */
export interface ConsentClient {
  authorizeUrl(options: { readonly redirectUrl: string; readonly state: string; readonly isDemo?: boolean }): string;
  logOutUrl(next: string): string;
  /** Exchanges a code, which lives 30 s and works once. Keeps nothing. */
  exchange(code: { readonly code: string; readonly redirectUrl: string }, options?: CallOptions): Promise<Grant>;
}

export interface ConsentInput {
  readonly client: ConsentClient;
  /** Byte for byte as it is registered. */
  readonly redirectUrl: string;
  readonly tokens: TokenStore;
  /** Of the grant in the store. */
  readonly name: string;
  /** The userid that must consent, where the host knows it already. */
  readonly userId?: string | undefined;
  readonly clock: Clock;
  /** The demo person of the service consents, without a log-in. */
  readonly isDemo?: boolean;
  /** Names of grants that must be other people's. @default all of the store */
  others?(): readonly string[];
}

/** What became of a redirect, or of what was pasted in its place. All but the first need a fresh link, and stored nothing. */
export type ConsentOutcome =
  | { readonly is: "authorized"; readonly grant: Grant }
  /** The person refused, or the service did: its word for it. */
  | { readonly is: "refused"; readonly error: string }
  | { readonly is: "wrong"; readonly what: WrongRedirect }
  | { readonly is: "failed"; readonly problem: Problem }
  /** The consent is another person's, who was logged in. `firstOpen` logs out, and leads to a fresh link. */
  | ({ readonly is: "stranger"; readonly userId: string; readonly firstOpen: string } & Stranger);

type Stranger =
  /** The userid had to be another one. */
  | { readonly known: "expected"; readonly expected: string }
  /** This is the person of another grant. */
  | { readonly known: "other"; readonly other: string }
  /** The grant was somebody else's so far. */
  | { readonly known: "before"; readonly before: string };

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
    const { client, redirectUrl, clock, isDemo = false } = this.#input;
    this.#state = randomBytes(16).toString("base64url");
    this.#bornAt = clock.monotonic();
    return client.authorizeUrl({ redirectUrl, state: this.#state, isDemo });
  }

  /** Whether a redirect is the answer to the newest link: for a server that leads several people through the page. */
  awaits(url: string): boolean {
    const { is } = this.#read(url, false);
    return is === "code" || is === "refused";
  }

  /** Judges what came back, and exchanges and stores at once. Rejects with what is no WeighbridgeError. */
  take(text: string, isPasted: boolean): Promise<ConsentOutcome> {
    const outcome = this.#last.then(() => this.#judge(text, isPasted));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  #read(text: string, isPasted: boolean): Redirect {
    const isOver = this.#state === "" || this.#input.clock.monotonic() - this.#bornAt > GRANT_LIMITS.consentMs;
    return readRedirect(text, { state: isOver ? randomBytes(16).toString("base64url") : this.#state, isPasted });
  }

  async #judge(text: string, isPasted: boolean): Promise<ConsentOutcome> {
    const redirect = this.#read(text, isPasted);
    if (redirect.is !== "code") return redirect;
    this.#state = "";
    try {
      return await this.#exchange(redirect.code);
    } catch (error) {
      if (error instanceof WeighbridgeError) return { is: "failed", problem: problemOf(error) };
      throw error;
    }
  }

  async #exchange(code: string): Promise<ConsentOutcome> {
    const { client, redirectUrl, name, tokens } = this.#input;
    const grant = await client.exchange({ code, redirectUrl });
    return tokens.exclusively(name, async () => {
      const before = await this.#before();
      const stranger = await this.#strangerIn(grant, before);
      if (stranger !== undefined)
        return { is: "stranger", userId: grant.userId, firstOpen: client.logOutUrl(this.newLink()), ...stranger };
      // The time is above every count of renewals.
      const above = before === "damaged" ? grant.refreshIssuedAt : (before?.revision ?? 0);
      const stored = { ...grant, revision: above + 1 };
      await tokens.write(name, stored);
      return { is: "authorized", grant: stored };
    });
  }

  /** The stored grant. `damaged`: there was one, whose revision is unknown, and which is out of the way now. */
  async #before(): Promise<Grant | "damaged" | undefined> {
    const { name, tokens } = this.#input;
    try {
      return await tokens.read(name);
    } catch (error) {
      if (await tokens.setDamagedAside?.(name)) return "damaged";
      throw error;
    }
  }

  /** Undefined where the consent is this person's. */
  async #strangerIn({ userId }: Grant, before: Grant | "damaged" | undefined): Promise<Stranger | undefined> {
    const { name, userId: expected, tokens } = this.#input;
    if (expected !== undefined && expected !== userId) return { known: "expected", expected };
    for (const other of this.#input.others?.() ?? (await tokens.names())) {
      // One that cannot be read keeps nobody else from consenting.
      const grant = other === name ? undefined : await tokens.read(other).catch(() => undefined);
      if (grant?.userId === userId) return { known: "other", other };
    }
    return before === undefined || before === "damaged" || before.userId === userId
      ? undefined
      : { known: "before", before: before.userId };
  }
}
