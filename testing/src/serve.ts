import type { RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import { listen } from "./parts/listen.ts";

/** The URL, without a path, of a server that lives until the test is over. Without a listener it answers everything with 200. */
export async function serve(listener: RequestListener = (_request, response) => void response.end()): Promise<string> {
  const { url, stop } = await listen(listener);
  onTestFinished(stop);
  return url;
}
