import type { IncomingMessage, ServerResponse } from "node:http";
import {
  CallbackEndpoint,
  type CallbackOutcome,
  type CallbackReply,
  type Clock,
  isCallbackSecret,
  PerMinute,
  type PersonChange,
  readCallbackBody,
  type Window,
} from "@weighbridge/core";
import { type ConnectionLimits, HttpServer } from "../http/http-server.ts";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";

interface AccountSecret {
  readonly accountId: string;
  readonly secret: string;
}

export interface ReceiverInput {
  readonly host: string;
  readonly port: number;
  /** Calls of one address in a minute; more are refused. */
  readonly perMinute: number;
  /** For each account the last part of its path, at least 128 random bits; no other path is answered. */
  readonly secrets: readonly AccountSecret[];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<ConnectionLimits>;
  /** Resolves when the hint is on disk; undefined where nobody of the account has this userid. */
  take(accountId: string, userId: string, window: Window | null): Promise<void> | undefined;
  /** The same for a change of the person. */
  takeChange(accountId: string, userId: string, change: PersonChange): Promise<void> | undefined;
  /** A call was answered, so long after it came. */
  onReply?(outcome: keyof ReceiverCounts, ms: number): void;
  /** The answer to a taken notification was handed to the system: from here on the API does not call again. */
  onAnswered?(): void;
}

/** Callbacks since the start, by outcome. */
export interface ReceiverCounts {
  taken: number;
  /** Kinds of data that nobody follows. */
  others: number;
  probes: number;
  unknownUsers: number;
  malformed: number;
  refused: number;
  failed: number;
  /** Connections that were refused, since there were too many. */
  dropped: number;
}

/** The counter of each outcome. */
const COUNTS = {
  taken: "taken",
  other: "others",
  probe: "probes",
  unknown_user: "unknownUsers",
  malformed: "malformed",
  too_often: "refused",
  refused: "refused",
} as const satisfies Record<CallbackOutcome, keyof ReceiverCounts>;

const CONNECTIONS: ConnectionLimits = {
  headersMs: LIMITS.callbackHeadersMs,
  requestMs: LIMITS.callbackRequestMs,
  checkMs: LIMITS.callbackCheckMs,
  connections: LIMITS.callbackConnections,
  connectionsOfAddress: LIMITS.callbackConnectionsOfAddress,
};

const noCounts = (): ReceiverCounts => ({
  taken: 0,
  others: 0,
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
  readonly #paths: readonly { readonly secret: string; readonly endpoint: CallbackEndpoint }[];
  readonly #drops: PerMinute;
  readonly #server: HttpServer;

  constructor(input: ReceiverInput) {
    const { host, port, clock, log, limits } = input;
    this.#input = input;
    this.#paths = input.secrets.map(({ accountId, secret }) => {
      const take = (userId: string, window: Window | null) => input.take(accountId, userId, window);
      const takeChange = (userId: string, change: PersonChange) => input.takeChange(accountId, userId, change);
      return { secret, endpoint: new CallbackEndpoint({ clock, perMinute: input.perMinute, take, takeChange }) };
    });
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

  get isListening(): boolean {
    return this.#server.isListening;
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
    const cameAt = this.#input.clock.monotonic();
    let status: number;
    let count: keyof ReceiverCounts;
    try {
      const reply = await this.#judge(request);
      status = reply?.status ?? 404;
      count = reply ? COUNTS[reply.outcome] : "refused";
    } catch (error) {
      // The caller has gone.
      if (request.destroyed && !request.complete) return;
      this.#input.log.error("A notification could not be stored", { reason: (error as Error).message });
      // Anything but 200 makes the API try again.
      [status, count] = [503, "failed"];
    }
    this.counts[count]++;
    // Does not wait for the unread rest of a refused request.
    const headers = request.complete ? {} : { connection: "close" };
    // Without a length an empty answer would travel in chunks.
    response.writeHead(status, { ...headers, "content-length": 0 }).end(() => {
      this.#input.onReply?.(count, this.#input.clock.monotonic() - cameAt);
      if (count === "taken") this.#input.onAnswered?.();
    });
  }

  /** Undefined for every path but the secret one. */
  async #judge(request: IncomingMessage): Promise<CallbackReply | undefined> {
    const { method = "", url = "", socket } = request;
    if (url.length > LIMITS.callbackUrlCharacters) return undefined;
    const [path = "", query = ""] = url.split(/\?(.*)/s, 2);
    // A reverse proxy may have put a path of its own before it.
    const last = path.slice(path.lastIndexOf("/") + 1);
    // All are compared: the time of the answer must not reveal which account has what.
    const [found] = this.#paths.filter(({ secret }) => isCallbackSecret(last, secret));
    if (found === undefined) return undefined;
    const source = socket.remoteAddress ?? "";
    const reply = await found.endpoint.answer({ method, source, query, readBody: () => readCallbackBody(request) });
    this.#report(reply, source);
    return reply;
  }

  #report({ outcome, calls, reason = "" }: CallbackReply, address: string): void {
    const { perMinute, log } = this.#input;
    if (outcome === "malformed") log.warn("A notification was malformed", { reason });
    if (outcome !== "too_often" || calls !== perMinute + 1) return;
    log.warn("An address calls too often; for the rest of the minute it is answered with 429", {
      address,
      remedy: "If it is the API, or the proxy before this bridge, raise callback.per_minute.",
    });
  }
}
