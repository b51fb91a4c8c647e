import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, parseNotification, type Window } from "@weighbridge/core";
import { bodyOf } from "../http/body.ts";
import { type ConnectionLimits, HttpServer } from "../http/http-server.ts";
import { PerMinute } from "../http/per-minute.ts";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

export interface ReceiverInput {
  readonly host: string;
  readonly port: number;
  /** What one address may call in a minute. */
  readonly perMinute: number;
  /** The last part of the only path that is answered: at least 128 random bits. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<ConnectionLimits>;
  /** Resolves when the hint is on disk; undefined where nobody here has this userid. */
  take(userId: string, window: Window | null): Promise<void> | undefined;
  /** The answer to a taken notification was handed to the system: from here on the API does not call again. */
  onAnswered?(): void;
}

/** What was called, by outcome. */
export interface ReceiverCounts {
  taken: number;
  probes: number;
  unknownUsers: number;
  malformed: number;
  refused: number;
  failed: number;
  /** Connections that were refused, since there were too many. */
  dropped: number;
}

interface Reply {
  readonly status: number;
  readonly count: keyof ReceiverCounts;
}

const CONNECTIONS: ConnectionLimits = {
  headersMs: LIMITS.callbackHeadersMs,
  requestMs: LIMITS.callbackRequestMs,
  checkMs: LIMITS.callbackCheckMs,
  connections: LIMITS.callbackConnections,
  connectionsOfAddress: LIMITS.callbackConnectionsOfAddress,
};

const noCounts = (): ReceiverCounts => ({
  taken: 0,
  probes: 0,
  unknownUsers: 0,
  malformed: 0,
  refused: 0,
  failed: 0,
  dropped: 0,
});

/** The public HTTP side: takes notifications in, and does nothing else. */
export class Receiver {
  readonly counts: ReceiverCounts = noCounts();
  readonly #input: ReceiverInput;
  readonly #secret: Buffer;
  readonly #calls: PerMinute;
  readonly #drops: PerMinute;
  readonly #server: HttpServer;

  constructor(input: ReceiverInput) {
    const { host, port, clock, log, limits } = input;
    this.#input = input;
    this.#secret = digest(input.secret);
    this.#calls = new PerMinute(clock, { mostSources: LIMITS.callbackSources });
    this.#drops = new PerMinute(clock, { mostSources: LIMITS.callbackSources });
    this.#server = new HttpServer({
      host,
      port,
      limits: { ...CONNECTIONS, ...limits },
      answer: (request, response) => this.#answer(request, response),
      onDropped: (address) => this.#dropped(address),
      onError: (error) =>
        log.error("A callback could not be taken in", {
          reason: error.message,
          remedy: "Let the bridge open more files, or find what keeps so many connections open.",
        }),
    });
  }

  /** Resolves with the port. */
  start(): Promise<number> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Logged once a minute for each address: a flood must not flood the log. */
  #dropped(address: string): void {
    this.counts.dropped++;
    if (this.#drops.count(address) > 1) return;
    this.#input.log.warn("Connections to the callback port are refused: there are too many", {
      address,
      remedy: "If it is the proxy before this bridge, let it reuse its connections; otherwise keep the address out.",
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#judge(request);
    } catch (error) {
      // The caller has gone.
      if (request.destroyed && !request.complete) return;
      this.#input.log.error("A notification could not be stored", { reason: (error as Error).message });
      // Anything but 200 makes the API try again.
      reply = { status: 503, count: "failed" };
    }
    this.counts[reply.count]++;
    // Does not wait for the unread rest of a refused request.
    const headers = request.complete ? {} : { connection: "close" };
    response.writeHead(reply.status, headers).end(() => {
      if (reply.count === "taken") this.#input.onAnswered?.();
    });
  }

  async #judge(request: IncomingMessage): Promise<Reply> {
    const { method = "", url = "", socket } = request;
    if (url.length > LIMITS.callbackUrlCharacters) return { status: 404, count: "refused" };
    const at = url.indexOf("?");
    const path = at === -1 ? url : url.slice(0, at);
    // A reverse proxy may have put a path of its own before it.
    const last = path.slice(path.lastIndexOf("/") + 1);
    if (!timingSafeEqual(digest(last), this.#secret)) return { status: 404, count: "refused" };
    if (this.#isTooOften(socket.remoteAddress ?? "")) return { status: 429, count: "refused" };
    if (method === "GET" || method === "HEAD") return { status: 200, count: "probes" };
    if (method !== "POST") return { status: 405, count: "refused" };
    const body = await bodyOf(request, LIMITS.callbackBytes);
    if (body === undefined) return { status: 413, count: "refused" };
    return this.#take(at === -1 ? "" : url.slice(at + 1), body);
  }

  async #take(query: string, body: string): Promise<Reply> {
    const parsed = parseNotification({ query, body });
    if (parsed.kind === "probe") return { status: 200, count: "probes" };
    if (parsed.kind === "malformed") {
      this.#input.log.warn("A notification was malformed", { reason: parsed.reason });
      return { status: 400, count: "malformed" };
    }
    const taken = this.#input.take(parsed.userId, parsed.window);
    // An answer of ≥ 400 would make the API end the subscription.
    if (taken === undefined) return { status: 200, count: "unknownUsers" };
    await taken;
    return { status: 200, count: "taken" };
  }

  #isTooOften(source: string): boolean {
    const count = this.#calls.count(source);
    const { perMinute, log } = this.#input;
    if (count === perMinute + 1)
      log.warn("An address calls too often; for the rest of the minute it is answered with 429", {
        address: source,
        remedy: "If it is the API, or the proxy before this bridge, raise callback.per_minute.",
      });
    return count > perMinute;
  }
}

/** Of one length, so that comparing takes one time. */
const digest = (text: string) => createHash("sha256").update(text).digest();
