import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a receiver and now and then answers in its place: a receiver that keeps nothing, seen from outside. */
export interface LossyProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Swallows every `nth` notification with the 200 of somebody who has taken it in. */
export async function startLossyProxy(target: string, nth: number): Promise<LossyProxy> {
  let notifications = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (body.includes("userid=") && ++notifications % nth === 0) return void response.writeHead(200).end();
    const { method = "GET", url = "/", headers } = request;
    const contentType = headers["content-type"] ?? "application/x-www-form-urlencoded";
    const forwarded = { method, headers: { "content-type": contentType }, ...(method === "POST" ? { body } : {}) };
    await fetch(`${target}${url}`, forwarded).then(
      ({ status }) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
