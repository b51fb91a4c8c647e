import { serve } from "./serve.ts";

interface ReceivedCallback {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly query: string;
  readonly body: string;
}

/** The subscriber's side: a server that keeps callbacks and answers `answers.status`, until the test is over. */
export async function startReceiver(path = "/hook") {
  const callbacks: ReceivedCallback[] = [];
  const answers = { status: 200 };
  const url = await serve(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method = "", url = "" } = request;
    callbacks.push({ method, url, query: url.split("?")[1] ?? "", body });
    response.writeHead(answers.status).end();
  });
  return { url: `${url}${path}`, callbacks, answers };
}
