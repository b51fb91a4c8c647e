import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "./until.ts";

interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Any web service of a household, which remembers what it was sent. */
export interface WebService {
  readonly url: string;
  /** The next request to the path that was not asked for yet. */
  next(path: string): Promise<Received>;
  close(): Promise<void>;
}

export async function startWebService(): Promise<WebService> {
  const waiting: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    waiting.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (path) =>
      until(() => {
        const index = waiting.findIndex((one) => one.path === path);
        return index >= 0 && waiting.splice(index, 1)[0];
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
