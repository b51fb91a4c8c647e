import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

interface ReceivedCallback {
  readonly method: string;
  readonly url: string;
  readonly query: string;
  readonly body: string;
}

/** The subscriber's side: a server that takes callbacks, until the test is over. */
export async function startReceiver(path = "/hook") {
  const callbacks: ReceivedCallback[] = [];
  const answers = { status: 200 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const url = request.url ?? "";
    callbacks.push({ method: request.method ?? "", url, query: url.split("?")[1] ?? "", body });
    response.writeHead(answers.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, callbacks, answers };
}
