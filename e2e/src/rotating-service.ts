import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Today's API as far as tokens go: each access token serves one call, and its use ends the refresh token before it. */
export class RotatingService {
  /** Answers with a new pair. */
  refreshes = 0;
  /** Data calls with a good token. */
  served = 0;
  /** Refresh tokens that were not good any more: a lost consent. */
  refused = 0;
  onRefreshed: () => void = () => {};
  #newest = 1;
  #isUsed = false;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const answer = request.url === "/v2/oauth2" ? this.#renewed(new URLSearchParams(body)) : this.#data(request);
    response.end(JSON.stringify(answer), () => {
      if (request.url === "/v2/oauth2") this.onRefreshed();
    });
  }

  #renewed(form: URLSearchParams): object {
    const n = Number(form.get("refresh_token")?.replace("refresh-", ""));
    const isGood = n === this.#newest || (n === this.#newest - 1 && !this.#isUsed);
    if (!isGood) {
      this.refused++;
      return { status: 503, body: {}, error: "Invalid Params: invalid refresh_token" };
    }
    this.refreshes++;
    // A pair that was given before and never used ends with its successor.
    this.#newest = n + 1;
    this.#isUsed = false;
    const pair = { access_token: `access-${n + 1}`, refresh_token: `refresh-${n + 1}` };
    return { status: 0, body: { userid: 77, ...pair, expires_in: 10_800, scope: "user.info,user.metrics" } };
  }

  #data({ headers }: IncomingMessage): object {
    if (headers.authorization !== `Bearer access-${this.#newest}` || this.#isUsed)
      return { status: 401, body: {}, error: "invalid_token" };
    this.#isUsed = true;
    this.served++;
    return { status: 0, body: { devices: [] } };
  }
}
