import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "@weighbridge/core";
import type { Taking } from "../../account/account.ts";
import { LIMITS } from "../../limits.ts";

export interface CallbackInput {
  readonly clock: Clock;
  /** Resolves when the notification is on disk. */
  take(call: { readonly query: string; readonly body: string }): Promise<Taking>;
  onFailure(error: unknown): void;
}

/** A request as Express hands it over; another app's parser may have taken the body already. */
export type CallbackRequest = IncomingMessage & { readonly body?: unknown };

/** Known and unknown userids are answered alike: the caller must not learn which ones are known here. */
const STATUS = { taken: 200, probe: 200, unknown_user: 200, malformed: 400 } as const satisfies Record<Taking, number>;

/** Shown to a person who opens the callback URL in a browser, to see that it can be reached. */
const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Callback URL</title>
<p>It works: this callback URL reaches the weigh-in node.</p>
<p>The Withings API calls it after each weigh-in. Try it from outside your network, too.</p>
</html>
`;
const PAGE_HEADERS = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } as const;

/** The side that the API calls: takes notifications in, and does nothing else. Answers every request, and never throws. */
export class Callback {
  readonly #input: CallbackInput;
  readonly #sources = new Map<string, number>();
  #minute = 0;

  constructor(input: CallbackInput) {
    this.#input = input;
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
    if (this.#isTooOften(request.socket.remoteAddress ?? "")) return 429;
    if (request.method === "GET" || request.method === "HEAD") return 200;
    if (request.method !== "POST") return 405;
    const body = await bodyOf(request);
    if (body === undefined) return 413;
    const { url = "" } = request;
    const at = url.indexOf("?");
    return STATUS[await this.#input.take({ query: at === -1 ? "" : url.slice(at + 1), body })];
  }

  #isTooOften(source: string): boolean {
    const minute = Math.floor(this.#input.clock.now() / 60_000);
    if (minute !== this.#minute || this.#sources.size > LIMITS.callbackSources) {
      this.#minute = minute;
      this.#sources.clear();
    }
    const count = (this.#sources.get(source) ?? 0) + 1;
    this.#sources.set(source, count);
    return count > LIMITS.callbacksPerMinute;
  }
}

/** Undefined where it is too large. */
async function bodyOf(request: CallbackRequest): Promise<string | undefined> {
  // With its default roots Node-RED's editor has parsed the body already; with others nothing has.
  if (request.body !== undefined && request.readableEnded) return formOf(request.body);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.callbackBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString("utf8");
}

function formOf(body: unknown): string | undefined {
  if (typeof body === "string") return body.length > LIMITS.callbackBytes ? undefined : body;
  if (typeof body !== "object" || body === null) return "";
  const plain = Object.entries(body).filter(([, value]) => typeof value === "string" || typeof value === "number");
  const form = new URLSearchParams(plain.map(([name, value]) => [name, String(value)])).toString();
  return form.length > LIMITS.callbackBytes ? undefined : form;
}

/** Compares in constant time: the time of the answer must not reveal how much of the secret was right. */
export function isSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string) => createHash("sha256").update(text).digest();
