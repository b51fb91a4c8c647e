import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";

// An import of node:http reads each of its exports, and that of WebSocket loads all of fetch: 25 ms of every start.
const { Agent, request: requestHttp } = process.getBuiltinModule("node:http");
const { Agent: TlsAgent, request: requestHttps } = process.getBuiltinModule("node:https");

/** Parts of an answer that are read. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface Question {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A redirect is an answer. */
  readonly redirect: "manual";
}

/** The part of fetch that the client uses: `fetch` itself is one. */
export type Fetch = (url: URL, question: Question) => Promise<Answer>;

const agents = { "http:": new Agent({ keepAlive: true }), "https:": new TlsAgent({ keepAlive: true }) } as const;

/**
 * Node's own HTTP client in the shape of fetch. A call costs a third of what it costs with fetch and its streams, which under a burst is a sixth of
 * all work, and the start need not load them. Rejects with the system's error, whose `code` says what failed.
 */
export const nodeFetch: Fetch = (url, { method, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const isTls = url.protocol === "https:";
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      method,
      headers: { ...headers, ...length, "accept-encoding": "gzip" },
      agent: agents[isTls ? "https:" : "http:"],
    };
    signal.throwIfAborted();
    const sent = (isTls ? requestHttps : requestHttp)(url, options, (message) => resolve(answerOf(message)));
    // Not the option `signal`, which watches for every way in which any stream can end.
    const giveUp = () => sent.destroy(new Error("the call was given up"));
    signal.addEventListener("abort", giveUp, { once: true });
    sent.on("error", reject);
    sent.on("close", () => signal.removeEventListener("abort", giveUp));
    sent.end(body);
  });

const answerOf = (message: IncomingMessage): Answer => ({
  status: message.statusCode ?? 0,
  headers: {
    get(name) {
      const value = message.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(", ") : (value ?? null);
    },
  },
  body: unzipped(message),
});

function unzipped(message: IncomingMessage): AsyncIterable<Uint8Array> {
  if (message.headers["content-encoding"] !== "gzip") return chunksOf(message);
  const plain = createGunzip();
  message.on("error", (error) => plain.destroy(error));
  // A server that is cut off ends a message without an error.
  message.on("aborted", () => plain.destroy(new Error("the answer was cut off")));
  return message.pipe(plain);
}

/** The chunks as they come, for half the cost of the stream's own iterator. Rejects where the answer is cut off. */
async function* chunksOf(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  const end = (error?: Error) => {
    failure ??= error;
    wake();
  };
  message.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    wake();
  });
  message.on("end", () => end());
  message.on("error", end);
  message.on("close", () => end());
  try {
    for (;;) {
      for (const chunk of chunks.splice(0)) yield chunk;
      if (message.readableEnded) return;
      if (failure !== undefined || message.destroyed) throw failure ?? new Error("the answer was cut off");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    // A reader that has enough.
    if (!message.readableEnded) message.destroy();
  }
}

/** The same fetch, with something that runs before each request. */
export const observed = (fetch: Fetch, onCall: (() => void) | undefined): Fetch =>
  onCall === undefined
    ? fetch
    : (url, question) => {
        onCall();
        return fetch(url, question);
      };
