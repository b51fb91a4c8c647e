import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerCall } from "./api.ts";
import { LIMITS } from "./limits.ts";
import { answerPage, isPagePath } from "./page.ts";
import { answerPublicCall, isPublicCall } from "./public/api.ts";
import { answerConsent, answerLogout, CONSENT_PATH, LOGOUT_PATH } from "./public/consent-page.ts";
import type { World } from "./world.ts";

/** Serves the API at `/<service>`, the page at `/`, and what the page needs below `/simulator/`. */
export function serve(world: World): Server {
  const server = createServer((request, response) => {
    handle(world, request, response).catch((error: unknown) => {
      // A mistake in the simulator must not look like an answer of the API.
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end(`simulator: ${error}`);
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const [path = "/", query = ""] = split(url);
  const body = await textOf(request);
  if (body === undefined) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  if (isPagePath(path)) return answerPage({ world, request, response, path, body });
  if (path === CONSENT_PATH) return answerConsent(world, request, response, query, body);
  if (path === LOGOUT_PATH) return answerLogout(response, query);
  const contentType = request.headers["content-type"] ?? "";
  const call = { method, service: path.slice(1), query, contentType, body };
  const publicCall = { ...call, authorization: request.headers.authorization };
  if (isPublicCall(publicCall)) return answerPublicCall(publicCall, world, request, response);
  await answerCall(call, world, request, response);
}

function split(url: string): [path: string, query: string] {
  const at = url.indexOf("?");
  return at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.requestBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Open connections are cut: a page that listens would keep the server for ever. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
