import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, parseNotification } from "@weighbridge/core";
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
  /** Resolves when the hint is on disk; undefined where nobody here has this userid. */
  take(userId: string, from: number, to: number): Promise<void> | undefined;
}

/** What was called, by outcome. */
export interface ReceiverCounts {
  taken: number;
  probes: number;
  unknownUsers: number;
  malformed: number;
  refused: number;
  failed: number;
}

interface Reply {
  readonly status: number;
  readonly count: keyof ReceiverCounts;
}

/** The public HTTP side: takes notifications in, and does nothing else. */
export class Receiver {
  readonly counts: ReceiverCounts = { taken: 0, probes: 0, unknownUsers: 0, malformed: 0, refused: 0, failed: 0 };
  readonly #input: ReceiverInput;
  readonly #secret: Buffer;
  readonly #sources = new Map<string, number>();
  #minute = 0;
  #server: Server | undefined;

  constructor(input: ReceiverInput) {
    this.#input = input;
    this.#secret = digest(input.secret);
  }

  /** Gives the port that it listens on. */
  async start(): Promise<number> {
    const server = createServer(
      { headersTimeout: LIMITS.callbackHeadersMs, requestTimeout: LIMITS.callbackRequestMs },
      (request, response) => void this.#answer(request, response),
    );
    server.maxConnections = LIMITS.callbackConnections;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#input.port, this.#input.host, () => {
        server.removeListener("error", reject);
        // Such as no file left for a new connection: what is open goes on, and the API tries again.
        server.on("error", (error) =>
          this.#input.log.error("A callback could not be taken in", {
            reason: error.message,
            remedy: "Let the bridge open more files, or find what keeps so many connections open.",
          }),
        );
        resolve();
      });
    });
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#judge(request);
    } catch (error) {
      // Nobody waits for an answer any more.
      if (request.destroyed && !request.complete) return;
      this.#input.log.error("A notification could not be stored", { reason: (error as Error).message });
      // Anything but 200 makes the API try again.
      reply = { status: 503, count: "failed" };
    }
    this.counts[reply.count]++;
    // What is left unread of a refused request is not waited for.
    const headers = request.complete ? {} : { connection: "close" };
    response.writeHead(reply.status, headers).end();
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
    const body = await bodyOf(request);
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
    const { userId, from, to } = parsed;
    const taken = this.#input.take(userId, from, to);
    // Who asks must not learn which userids are known here.
    if (taken === undefined) return { status: 200, count: "unknownUsers" };
    await taken;
    return { status: 200, count: "taken" };
  }

  #isTooOften(source: string): boolean {
    const minute = Math.floor(this.#input.clock.now() / 60_000);
    if (minute !== this.#minute || this.#sources.size > LIMITS.callbackSources) {
      this.#minute = minute;
      this.#sources.clear();
    }
    const count = (this.#sources.get(source) ?? 0) + 1;
    this.#sources.set(source, count);
    const { perMinute, log } = this.#input;
    if (count === perMinute + 1)
      log.warn("An address calls too often; for the rest of the minute it is asked to try again", {
        address: source,
        remedy: "If it is the API, or the proxy before this bridge, raise callback.per_minute.",
      });
    return count > perMinute;
  }
}

/** Of one length, so that comparing takes one time. */
const digest = (text: string) => createHash("sha256").update(text).digest();

/** Undefined where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.callbackBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString("utf8");
}
