// Receives callbacks in an HTTP server that serves other things, too: node callback.ts [port]
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parseNotification } from "@weighbridge/core";
import { client, person } from "./settings.ts";

/** A notification has about 60 bytes. */
const LONGEST = 4_096;

/** Fits `createServer` as it is, and Express: `app.all("/withings", takeCallback)`, also behind `express.urlencoded()`. */
export async function takeCallback(
  request: IncomingMessage & { readonly body?: unknown },
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const said = parseNotification({ query: request.url?.split("?")[1] ?? "", body });
  // The API tries the URL without parameters when it is subscribed, and wants 200 within two seconds: answer, then work.
  response.writeHead(said.kind === "malformed" ? 400 : 200).end();
  if (said.kind !== "notification" || said.userId !== String(person.userId)) return;
  // A callback proves nothing and carries no data: ask the API for the window that it names, or for the last day where it names none.
  const now = Math.floor(Date.now() / 1000);
  const { from, to } = said.window ?? { from: now - 86_400, to: now };
  try {
    const { groups } = await client.measure.getMeas({ ...person, startDate: from, endDate: to });
    for (const { id, measures } of groups) process.stdout.write(`${JSON.stringify({ id, measures })}\n`);
  } catch (error) {
    process.stderr.write(`${error}\n`);
  }
}

async function bodyOf(request: IncomingMessage & { readonly body?: unknown }): Promise<string> {
  // A body parser was here before.
  if (typeof request.body === "object" && request.body !== null)
    return String(new URLSearchParams(request.body as Record<string, string>));
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) if (text.length <= LONGEST) text += chunk;
  return text.slice(0, LONGEST);
}

const server = createServer((request, response) => {
  if (request.url?.split("?")[0] === "/withings") void takeCallback(request, response);
  else response.end("the rest of the site\n");
});
server.listen(Number(process.argv[2] ?? 8080), () => process.stdout.write("ready\n"));
