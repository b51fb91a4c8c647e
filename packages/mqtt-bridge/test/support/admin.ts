import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import type { Home } from "./home.ts";

/** An answer of the private side. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows which document it asked for
  json(): any;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address to connect from: every one that starts with 127 is this machine. */
  readonly from?: string;
}

/** Asks over real HTTP. Unlike fetch it sends whatever Host and Origin a test wants. */
export const ask = (base: string, path: string, { method = "GET", headers = {}, body, from }: Asked = {}) =>
  new Promise<Answered>((resolve, reject) => {
    const url = new URL(path, base);
    const sent = request(url, { method, headers, agent: false, ...(from && { localAddress: from }) }, (message) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const isPacked = message.headers["content-encoding"] === "gzip";
        const text = (isPacked ? gunzipSync(bytes) : bytes).toString("utf8");
        resolve({ status: message.statusCode ?? 0, headers: message.headers, text, json: () => JSON.parse(text) });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });

/** A write as the page and the command line send it. */
export const put = (body: object, headers: Readonly<Record<string, string>> = {}, method = "POST"): Asked => ({
  method,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

/** The URL that the newest start of a home's bridge serves its status page at. */
export function adminUrl({ log }: Pick<Home, "log">): string {
  const line = log.lines.findLast((one) => one.includes("The status page is served"));
  return JSON.parse(line?.slice(line.indexOf("{")) ?? "{}").url;
}
