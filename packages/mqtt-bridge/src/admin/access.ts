import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Clock, PerMinute } from "@weighbridge/core";
import { isLoopbackName } from "../config/admin.ts";
import type { Config } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import { AdminError } from "./reply.ts";

/** The facts of a request that decide whether it is served. */
export interface Caller {
  readonly method: string;
  /** The address of the other end of the connection. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  /** `open`: without a token, from anywhere. `page`: without a token, but for this machine's names only. */
  readonly needs: "open" | "page" | "token";
}

const COOKIE = "weighbridge_session";
/** The address from which the Supervisor of Home Assistant calls. */
const SUPERVISOR = "172.30.32.2";

/** Decides who is served: token, login, and what a browser may be tricked into. */
export class Access {
  readonly #admin: Config["admin"];
  readonly #clock: Clock;
  readonly #failures: PerMinute;
  /** Until when an address is not heard, epoch milliseconds. */
  readonly #locked = new Map<string, number>();

  constructor(admin: Config["admin"], clock: Clock) {
    this.#admin = admin;
    this.#clock = clock;
    this.#failures = new PerMinute(clock, { mostSources: LIMITS.adminSources });
  }

  /** Throws an AdminError where the request is not to be served. */
  check(caller: Caller): void {
    if (caller.needs === "open") return;
    const isTrusted = this.#admin.ingress && plainAddress(caller.address) === SUPERVISOR;
    if (!isTrusted) {
      if (this.#admin.token === undefined) checkThisMachine(caller);
      else if (caller.needs === "token") this.#checkToken(caller, this.#admin.token);
    }
    if (caller.method !== "GET" && caller.method !== "HEAD") this.#checkWrite(caller, isTrusted);
  }

  /** The cookie for a token. Throws an AdminError for a wrong one. */
  logIn(token: string, { address, headers }: Pick<Caller, "address" | "headers">): string {
    const expected = this.#admin.token;
    this.#checkLock(address);
    if (expected !== undefined && !isSame(token, expected)) throw this.#failed(address);
    const issued = String(Math.floor(this.#clock.now() / 1000));
    const value = expected === undefined ? issued : `${issued}.${proofOf(issued, expected)}`;
    return cookie(value, LIMITS.adminSessionS, this.#isSecure(headers));
  }

  logOut(headers: IncomingHttpHeaders): string {
    return cookie("", 0, this.#isSecure(headers));
  }

  #isSecure(headers: IncomingHttpHeaders): boolean {
    return headers["x-forwarded-proto"] === "https" || this.#admin.url?.startsWith("https:") === true;
  }

  #checkToken({ headers, address }: Caller, token: string): void {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
    if (bearer !== undefined) {
      this.#checkLock(address);
      if (isSame(bearer, token)) return;
      throw this.#failed(address);
    }
    const session = sessionOf(headers.cookie);
    if (session !== undefined && this.#isSession(session, token)) return;
    throw new AdminError(401, "login_needed", "this bridge asks for a token", TOKEN_REMEDY, CHALLENGE);
  }

  #isSession(session: string, token: string): boolean {
    const [issued = "", proof = ""] = session.split(".", 2);
    const ageS = this.#clock.now() / 1000 - Number(issued);
    return isSame(proof, proofOf(issued, token)) && ageS < LIMITS.adminSessionS;
  }

  #failed(address: string): AdminError {
    if (this.#failures.count(address) >= LIMITS.adminFailuresPerMinute) {
      if (this.#locked.size >= LIMITS.adminSources) this.#locked.clear();
      this.#locked.set(address, this.#clock.now() + LIMITS.adminLockMs);
    }
    return new AdminError(401, "wrong_token", "the token is not the one of admin.token", TOKEN_REMEDY, CHALLENGE);
  }

  /** The right token is refused, too: otherwise the lock would keep nobody from guessing. Logins of before go on. */
  #checkLock(address: string): void {
    const until = this.#locked.get(address);
    if (until === undefined) return;
    if (until > this.#clock.now())
      throw new AdminError(429, "too_many_logins", "too many wrong tokens came from this address", WAIT_REMEDY, {
        "retry-after": String(Math.ceil((until - this.#clock.now()) / 1000)),
      });
    this.#locked.delete(address);
  }

  /** A page of another site can send forms and simple requests with the reader's cookies, but not JSON. */
  #checkWrite({ headers }: Caller, isTrusted: boolean): void {
    const origin = headers.origin;
    // Home Assistant has checked its own session, whose cookie no other site can use.
    if (origin !== undefined && !isTrusted && !this.#isOwnOrigin(origin, headers.host))
      throw new AdminError(403, "foreign_origin", `a page of ${origin} may not write here`, ORIGIN_REMEDY);
    if (!/^application\/json\b/i.test(headers["content-type"] ?? ""))
      throw new AdminError(
        ...([
          400,
          "not_json",
          "the request has no Content-Type: application/json",
          "Send JSON with this header.",
        ] as const),
      );
  }

  #isOwnOrigin(origin: string, host: string | undefined): boolean {
    const parsed = URL.parse(origin);
    if (parsed === null) return false;
    return parsed.host === host || parsed.origin === URL.parse(this.#admin.url ?? "")?.origin;
  }
}

/** Without a token only this machine is served, under its own names: a page elsewhere could have its name lead here. */
function checkThisMachine({ address, headers }: Caller): void {
  if (!isLoopbackName(plainAddress(address)))
    throw new AdminError(403, "foreign_address", "without a token only this machine is served", SET_TOKEN);
  if (headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined)
    throw new AdminError(403, "proxy_without_token", "a proxy brings this request, and there is no token", SET_TOKEN);
  const name = URL.parse(`http://${headers.host ?? ""}`)?.hostname ?? "";
  if (!isLoopbackName(name))
    throw new AdminError(
      403,
      "foreign_host",
      "the Host header names another machine",
      `Open http://127.0.0.1. ${SET_TOKEN}`,
    );
}

const SET_TOKEN = "To reach it from elsewhere, set admin.token.";
const TOKEN_REMEDY = "Send Authorization: Bearer with the value of admin.token, or log in on the page.";
const WAIT_REMEDY = "Wait a minute, and use the value of admin.token.";
const ORIGIN_REMEDY =
  "Open the page under the address it is sent from; let a proxy pass the Host header, or set admin.url.";
const CHALLENGE = { "www-authenticate": 'Bearer realm="weighbridge"' };

/** A v4 address on a socket for both versions. */
const plainAddress = (address: string) => address.replace(/^::ffff:/, "");

const digest = (text: string) => createHash("sha256").update(text).digest();
/** In constant time: the time of the answer must not reveal how much was right. */
const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));

/** Follows from the token, so that a restart keeps logins and a new token ends them. */
const proofOf = (issued: string, token: string) =>
  createHmac("sha256", token).update(`session ${issued}`).digest("base64url");

function sessionOf(cookies = ""): string | undefined {
  for (const part of cookies.split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}

const cookie = (value: string, maxAge: number, isSecure: boolean) =>
  `${COOKIE}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
