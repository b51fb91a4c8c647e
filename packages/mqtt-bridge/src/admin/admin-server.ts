import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../http/body.ts";
import { type ConnectionLimits, HttpServer } from "../http/http-server.ts";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Access } from "./access.ts";
import { AdminError, type Reply } from "./reply.ts";
import { type AdminRequest, type Route, routeOf } from "./router.ts";

export interface AdminServerInput {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  readonly routes: readonly Route[];
  readonly log: Log;
  /** Home Assistant shows the page in a frame of its own origin. */
  readonly isFramed: boolean;
  /** A file of the page; undefined where there is none of this path. */
  page(path: string, request: AdminRequest): Reply | undefined | Promise<Reply | undefined>;
}

const CONNECTIONS: ConnectionLimits = {
  headersMs: LIMITS.adminHeadersMs,
  requestMs: LIMITS.adminRequestMs,
  checkMs: LIMITS.adminCheckMs,
  connections: LIMITS.adminConnections,
  connectionsOfAddress: LIMITS.adminConnections,
};

/** The private HTTP side: finds the endpoint, checks who asks, and writes the answer. */
export class AdminServer {
  readonly #input: AdminServerInput;
  readonly #server: HttpServer;
  readonly #security: Readonly<Record<string, string>>;

  constructor(input: AdminServerInput) {
    const { host, port, log, isFramed } = input;
    this.#input = input;
    this.#security = securityHeaders(isFramed);
    this.#server = new HttpServer({
      ...{ host, port, limits: CONNECTIONS },
      answer: (request, response) => this.#answer(request, response),
      onDropped: (address) => log.debug("A connection to the status page was refused: there are too many", { address }),
      onError: (error) => log.warn("The status page could not take a connection", { reason: error.message }),
    });
  }

  /** Resolves with the port. Rejects with the system's error where it cannot listen. */
  start(): Promise<number> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply;
    try {
      reply = await this.#reply(requestOf(message));
    } catch (error) {
      if (error instanceof AdminError) reply = error.reply;
      else {
        // The caller has gone.
        if (message.destroyed && !message.complete) return;
        this.#input.log.error("A request of the status page failed", { reason: String(error), path: pathOf(message) });
        reply = FAILED.reply;
      }
    }
    // Does not wait for the unread rest of a refused request.
    const end = message.complete ? {} : { connection: "close" };
    const length = reply.stream === undefined ? { "content-length": String(Buffer.byteLength(reply.body)) } : {};
    const headers = { "cache-control": "no-store", ...this.#security, ...end, ...length, ...reply.headers };
    response.writeHead(reply.status, headers);
    if (reply.stream === undefined || message.method === "HEAD") response.end(reply.body);
    else reply.stream(response);
  }

  async #reply(request: AdminRequest): Promise<Reply> {
    const { access, routes, page } = this.#input;
    const { method, path, address, headers } = request;
    if (path.length > LIMITS.adminUrlCharacters) throw NOT_FOUND;
    const found = routeOf(routes, method, path);
    access.check({ method, address, headers, needs: found?.route.needs ?? "page" });
    if (found !== undefined) return found.route.run(request, found.named);
    const isRead = method === "GET" || method === "HEAD";
    const file = isRead ? await page(path, request) : undefined;
    if (file === undefined) throw NOT_FOUND;
    return file;
  }
}

const NOT_FOUND = new AdminError(404, "not_found", "there is nothing at this path", "The README lists every endpoint.");
const FAILED = new AdminError(500, "failed", "the request failed in the bridge", "Look at the log of the bridge.");

const pathOf = ({ url = "" }: IncomingMessage) => url.split("?", 1)[0] ?? "";

function requestOf(message: IncomingMessage): AdminRequest {
  const { method = "", url = "", headers, socket } = message;
  const [path = "", query = ""] = url.split(/\?(.*)/s, 2);
  return {
    ...{ method, path, headers },
    query: new URLSearchParams(query),
    address: socket.remoteAddress ?? "",
    async readBody() {
      const body = await readBody(message, LIMITS.adminBodyBytes);
      if (body !== undefined) return body;
      throw new AdminError(413, "too_large", `the body has more than ${LIMITS.adminBodyBytes} bytes`, "Send less.");
    },
  };
}

/** Nothing inline, nothing from elsewhere: what the API or another program put into a name cannot run. */
function securityHeaders(isFramed: boolean): Readonly<Record<string, string>> {
  const ancestors = isFramed ? "'self'" : "'none'";
  return {
    "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ${ancestors}`,
    "x-content-type-options": "nosniff",
    "x-frame-options": isFramed ? "SAMEORIGIN" : "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  };
}
