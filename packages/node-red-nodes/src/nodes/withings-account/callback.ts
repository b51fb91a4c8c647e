import type { IncomingMessage, ServerResponse } from "node:http";
import { CallbackEndpoint, type Clock, type PersonChange, readCallbackBody, type Window } from "@weighbridge/core";
import { LIMITS } from "../../limits.ts";

export interface CallbackInput {
  readonly clock: Clock;
  /** Resolves when the hint is on disk, or where it is not this account's person. */
  take(userId: string, window: Window | null): Promise<void>;
  /** The same for a change of the person. */
  takeChange(userId: string, change: PersonChange): Promise<void>;
  onFailure(error: unknown): void;
}

/** A request as Express hands it over; another app's parser may have taken the body already. */
export type CallbackRequest = IncomingMessage & { readonly body?: unknown };

/** Shown to a person who opens the callback URL in a browser, to see that it can be reached. */
const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Callback URL</title>
<p>It works: this callback URL reaches the account node.</p>
<p>The Withings API calls it after each weigh-in. Try it from outside your network, too.</p>
</html>
`;
const PAGE_HEADERS = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } as const;

/** The side that the API calls: takes notifications in, and does nothing else. Answers every request, and never throws. */
export class Callback {
  readonly #input: CallbackInput;
  readonly #endpoint: CallbackEndpoint;

  constructor(input: CallbackInput) {
    this.#input = input;
    const { clock, take, takeChange } = input;
    this.#endpoint = new CallbackEndpoint({ clock, perMinute: LIMITS.callbacksPerMinute, take, takeChange });
  }

  async answer(request: CallbackRequest, response: ServerResponse): Promise<void> {
    let status: number;
    try {
      status = await this.#judge(request);
    } catch (error) {
      // The caller has gone: no answer is needed.
      if (request.destroyed && !request.complete) return;
      this.#input.onFailure(error);
      // Anything but 200 makes the API try again.
      status = 503;
    }
    // A timeout of somebody's middleware may have been faster.
    if (response.headersSent) return;
    const isForReaders = request.method === "GET" && status === 200;
    // The unread rest of a refused request is not waited for.
    const connection = request.complete ? {} : { connection: "close" };
    const headers = isForReaders ? { ...PAGE_HEADERS, ...connection } : connection;
    response.writeHead(status, headers).end(isForReaders ? PAGE : undefined);
  }

  async #judge(request: CallbackRequest): Promise<number> {
    const { method = "", url = "", socket } = request;
    const [, query = ""] = url.split(/\?(.*)/s, 2);
    const source = socket.remoteAddress ?? "";
    const { status } = await this.#endpoint.answer({ method, source, query, readBody: () => bodyOf(request) });
    return status;
  }
}

/** Undefined where it is too large. */
async function bodyOf(request: CallbackRequest): Promise<string | undefined> {
  // With its default roots Node-RED's editor has parsed the body already; with others nothing has.
  if (request.body !== undefined && request.readableEnded) return formOf(request.body);
  return readCallbackBody(request);
}

function formOf(body: unknown): string | undefined {
  if (typeof body === "string") return body.length > LIMITS.parsedBodyCharacters ? undefined : body;
  if (typeof body !== "object" || body === null) return "";
  const plain = Object.entries(body).filter(([, value]) => typeof value === "string" || typeof value === "number");
  const form = new URLSearchParams(plain.map(([name, value]) => [name, String(value)])).toString();
  return form.length > LIMITS.parsedBodyCharacters ? undefined : form;
}
