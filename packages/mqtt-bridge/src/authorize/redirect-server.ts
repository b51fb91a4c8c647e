import type { IncomingMessage, ServerResponse } from "node:http";
import { type ConnectionLimits, HttpServer } from "../http/http-server.ts";
import { LIMITS } from "../limits.ts";

export interface RedirectServerInput {
  /** The registered redirect URL, on this machine. */
  readonly redirectUrl: URL;
  /** Takes the path and query of a redirect, and resolves with what its page says. The code in it lives 30 s. */
  onRedirect(url: string): Promise<Page>;
}

/** A page for the person whose browser was redirected. */
export interface Page {
  readonly title: string;
  readonly words: string;
  readonly isGood: boolean;
}

const CONNECTIONS: ConnectionLimits = {
  headersMs: LIMITS.callbackHeadersMs,
  requestMs: LIMITS.callbackRequestMs,
  checkMs: LIMITS.callbackCheckMs,
  connections: 64,
  connectionsOfAddress: 32,
};

/** Names of this machine: a browser may take the address of either version of IP for localhost. */
const BOTH = ["127.0.0.1", "::1"] as const;

/** Waits on this machine for the browser that comes back from the consent page. */
export class RedirectServer {
  readonly #input: RedirectServerInput;
  #servers: HttpServer[] = [];

  constructor(input: RedirectServerInput) {
    this.#input = input;
  }

  /** Rejects with the system's error where no address can be listened on, such as EADDRINUSE. */
  async start(): Promise<void> {
    const { hostname, port, protocol } = this.#input.redirectUrl;
    const hosts =
      hostname === "localhost" ? BOTH : isAddressOfThis(hostname) ? [hostname.replace(/[[\]]/g, "")] : ["::"];
    const started = await Promise.allSettled(
      hosts.map((host) => this.#listen(host, Number(port) || defaultPort(protocol))),
    );
    this.#servers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    // A machine without IPv6 has one of the two only. A port that somebody else holds on either would get half of the redirects.
    const failures = started.flatMap((result) =>
      result.status === "rejected" ? [result.reason as NodeJS.ErrnoException] : [],
    );
    const taken = failures.find(({ code }) => code === "EADDRINUSE" || code === "EACCES");
    const failure = taken ?? (this.#servers.length === 0 ? failures[0] : undefined);
    if (failure === undefined) return;
    await this.stop();
    throw failure;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }

  async #listen(host: string, port: number): Promise<HttpServer> {
    const server = new HttpServer({
      host,
      port,
      limits: CONNECTIONS,
      answer: (request, response) => this.#answer(request, response),
      onDropped: () => {},
      onError: () => {},
    });
    await server.start();
    return server;
  }

  async #answer({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = this.#input.redirectUrl;
    const isRedirect = method === "GET" && url.split("?")[0] === pathname;
    const page = isRedirect ? await this.#input.onRedirect(url) : NOT_HERE;
    response.writeHead(isRedirect ? 200 : 404, HEADERS).end(htmlOf(page));
  }
}

const isAddressOfThis = (hostname: string) => /^127\.|^\[::1\]$/.test(hostname);
const defaultPort = (protocol: string) => (protocol === "https:" ? 443 : 80);

const NOT_HERE: Page = { title: "Nothing is here", words: "Open the link that the terminal shows.", isGood: false };

/** The address holds a code: it may stay in no cache and go to no other page. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
} as const;

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const htmlOf = ({ title, words, isGood }: Page) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Weighbridge</title>
<style>
:root { color-scheme: light dark }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem }
h1 { font-size: 1.5rem; margin: 0 0 .5rem } h1::before { content: "${isGood ? "✓" : "!"}"; color: ${isGood ? "#2e8b57" : "#c0392b"}; margin-right: .6rem }
</style></head><body><main><h1>${escaped(title)}</h1><p>${escaped(words)}</p></main></body></html>
`;
