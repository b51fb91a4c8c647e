import { hash, timingSafeEqual } from "node:crypto";
import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Window } from "../domain/window.ts";
import { FOLLOW_LIMITS } from "./limits.ts";
import { type PersonChange, parseNotification } from "./notification.ts";
import { PerMinute } from "./per-minute.ts";

/** A request of the callback URL, apart from its transport. */
export interface CallbackRequest {
  readonly method: string;
  /** The address that called, for its limit per minute. */
  readonly source: string;
  /** After the question mark; empty for none. */
  readonly query: string;
  /** Resolves with the body; undefined where it is too large. Rejects where the connection ends first. */
  readBody(): Promise<string | undefined>;
}

/**
 * - `taken`: the hint is stored
 * - `other`: a kind of data, or a change of a person, that nobody here follows
 * - `probe`: a HEAD, a GET, or a POST without a userid, as the API sends at subscribe time
 * - `unknown_user`: a person who is not followed here
 * - `malformed`: a userid that is none
 * - `too_often`, `refused`: limits, and methods that no callback has
 */
export type CallbackOutcome = "taken" | "other" | "probe" | "unknown_user" | "malformed" | "too_often" | "refused";

export interface CallbackReply {
  /** The HTTP status of the answer. */
  readonly status: number;
  readonly outcome: CallbackOutcome;
  /** Calls of this address in this minute, with this one. */
  readonly calls: number;
  /** With `malformed`: what is wrong. */
  readonly reason?: string;
}

export interface CallbackInput {
  readonly clock: Clock;
  /** Calls of one address in a minute; more are answered with 429. */
  readonly perMinute: number;
  /** Stores a hint: resolves when it is on disk. Undefined where nobody of this userid is followed. A rejection is the host's to answer, with 503. */
  take(userId: string, window: Window | null): Promise<void> | undefined;
  /**
   * The API says that a person unlinked the application, deleted their account, or changed. Nothing proves that it was the API: only a call
   * tells. Resolves when a hint of it is on disk. @default nobody follows it
   */
  takeChange?(userId: string, change: PersonChange): Promise<void> | undefined;
}

/** Judges callbacks and takes notifications in, and does nothing else. An answer of 400 or more would make the API end the subscription. */
export class CallbackEndpoint {
  readonly #input: CallbackInput;
  readonly #calls: PerMinute;

  constructor(input: CallbackInput) {
    this.#input = input;
    this.#calls = new PerMinute(input.clock, { mostSources: FOLLOW_LIMITS.callbackSources });
  }

  /** Rejects where the hint could not be stored, or the body could not be read. */
  async answer({ method, source, query, readBody }: CallbackRequest): Promise<CallbackReply> {
    const calls = this.#calls.count(source);
    if (calls > this.#input.perMinute) return { status: 429, outcome: "too_often", calls };
    if (method === "GET" || method === "HEAD") return { status: 200, outcome: "probe", calls };
    if (method !== "POST") return { status: 405, outcome: "refused", calls };
    const body = await readBody();
    if (body === undefined) return { status: 413, outcome: "refused", calls };
    const parsed = parseNotification({ query, body });
    if (parsed.kind === "probe") return { status: 200, outcome: "probe", calls };
    if (parsed.kind === "malformed") return { status: 400, outcome: "malformed", calls, reason: parsed.reason };
    if (parsed.kind === "other") return { status: 200, outcome: "other", calls };
    const taken =
      parsed.kind === "person"
        ? this.#input.takeChange?.(parsed.userId, parsed.change)
        : this.#input.take(parsed.userId, parsed.window);
    if (taken === undefined) return { status: 200, outcome: "unknown_user", calls };
    await taken;
    return { status: 200, outcome: "taken", calls };
  }
}

/** Reads a callback's body as text; undefined where it has more bytes than a callback can have. */
export function readCallbackBody(request: Readable): Promise<string | undefined> {
  // A framework in front, such as a body parser, has read it already.
  if (request.readableEnded) return Promise.resolve("");
  // By events: the stream's own iterator costs as much as all else that is done with a callback.
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= FOLLOW_LIMITS.callbackBytes) return void chunks.push(chunk);
      request.pause();
      resolve(undefined);
    });
    request.on("end", () => resolve(Buffer.concat(chunks, bytes).toString("utf8")));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the connection ended before the callback did")));
  });
}

/** Compares in constant time: the time of the answer must not reveal how much of the secret was right. */
export function isCallbackSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string) => hash("sha256", text, "buffer");
