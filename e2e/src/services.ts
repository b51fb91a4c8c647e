import { listen, until } from "@weighbridge/testing/parts";

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
  const { url, stop } = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    waiting.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(204).end();
  });
  return {
    url,
    next: (path) =>
      until(() => {
        const index = waiting.findIndex((one) => one.path === path);
        return index >= 0 && waiting.splice(index, 1)[0];
      }),
    close: stop,
  };
}
