import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

// Not an import, which would load what a start does not need: see core's node-fetch.ts.
const { createServer } = process.getBuiltinModule("node:http");

/** How long a connection may take, and how many there may be. */
export interface ConnectionLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** The system's server looks for late connections this often: without it, they would stay for up to 30 s. */
  readonly checkMs: number;
  readonly connections: number;
  /** Of these, one address may hold so many: a flood from elsewhere leaves room for the API. */
  readonly connectionsOfAddress: number;
}

export interface HttpServerInput {
  readonly host: string;
  readonly port: number;
  readonly limits: ConnectionLimits;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** A connection was refused: too many of its address, or too many altogether. */
  onDropped(address: string): void;
  /** The system could not open a connection, such as for want of file descriptors; those that are open go on. */
  onError(error: Error): void;
}

/** Listens on one address, within limits, and ends every connection when it stops. */
export class HttpServer {
  readonly #input: HttpServerInput;
  readonly #held = new Map<string, number>();
  #server: Server | undefined;

  constructor(input: HttpServerInput) {
    this.#input = input;
  }

  get isListening(): boolean {
    return this.#server?.listening === true;
  }

  /** Resolves with the port. Rejects with the system's error where it cannot listen. */
  async start(): Promise<number> {
    const { host, port, limits, answer, onDropped, onError } = this.#input;
    const server = createServer(
      {
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        connectionsCheckingInterval: limits.checkMs,
      },
      (request, response) => void answer(request, response),
    );
    server.maxConnections = limits.connections;
    server.on("connection", (socket) => this.#admit(socket));
    server.on("drop", (dropped) => onDropped(dropped?.remoteAddress ?? ""));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.removeListener("error", reject);
        server.on("error", onError);
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

  #admit(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const held = (this.#held.get(address) ?? 0) + 1;
    this.#held.set(address, held);
    socket.once("close", () => {
      const left = (this.#held.get(address) ?? 1) - 1;
      if (left === 0) this.#held.delete(address);
      else this.#held.set(address, left);
    });
    if (held <= this.#input.limits.connectionsOfAddress) return;
    socket.destroy();
    this.#input.onDropped(address);
  }
}
