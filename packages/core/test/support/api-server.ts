import type { IncomingMessage, ServerResponse } from "node:http";
import { serve } from "@weighbridge/testing";

export interface ReceivedCall {
  readonly method: string;
  readonly url: string;
  /** Without the base path. */
  readonly service: string;
  /** Of the query and of the form, decoded once. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** Answer of a server to the n-th call (from 0). A string is sent as it is, anything else as JSON; a function does it all itself. */
export type Answer = unknown | ((response: ServerResponse) => void);

export interface ApiServer {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
}

/** A server on a free port that says what it is told to, until the test is over. */
export async function startApiServer(answer: (call: ReceivedCall, index: number) => Answer): Promise<ApiServer> {
  const calls: ReceivedCall[] = [];
  const url = await serve(async (request, response) => {
    const call = await received(request);
    const said = answer(call, calls.push(call) - 1);
    if (typeof said === "function") said(response);
    else response.end(typeof said === "string" ? said : JSON.stringify(said));
  });
  return { url: `${url}/`, calls };
}

async function received(request: IncomingMessage): Promise<ReceivedCall> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    service: pathname.slice(pathname.lastIndexOf("/") + 1),
    parameters: Object.fromEntries([...searchParams, ...new URLSearchParams(body)]),
    body,
    headers: request.headers,
  };
}
