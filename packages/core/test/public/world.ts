import type { ServerResponse } from "node:http";
import { Application, type ApplicationOptions } from "../../src/http/application.ts";
import type { Grant } from "../../src/ports/token-store.ts";
import { createPublicClient, type PublicClientOptions } from "../../src/public/client.ts";
import { grantOf } from "../../src/testing/token-store-contract.ts";
import { memoryTokenStore } from "../../src/tokens/memory-token-store.ts";
import { type Answer, type ReceivedCall, startApiServer } from "../support/api-server.ts";
import { JumpingClock } from "../support/jumping-clock.ts";

export const START = 1_000;

type Scripted = Partial<PublicClientOptions> & {
  readonly endsInS?: number;
  readonly grant?: Partial<Grant>;
  readonly limits?: ApplicationOptions;
};

export const tokensBody = (n: number, more: object = {}) => ({
  userid: 12_345_678,
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  expires_in: 10_800,
  scope: "user.info,user.metrics",
  token_type: "Bearer",
  csrf_token: "csrf",
  ...more,
});

/** A server that answers by script, and a client of one application, whose time jumps to where it is waited for. */
export async function today(answer: (call: ReceivedCall, index: number) => Answer, options: Scripted = {}) {
  const { endsInS = 10_800, grant, limits, ...others } = options;
  const server = await startApiServer(answer);
  const clock = new JumpingClock();
  const tokens = options.tokens ?? memoryTokenStore();
  await tokens.write("ada", grantOf(1, { accessEndsAt: START + endsInS, refreshIssuedAt: START, ...grant }));
  const client = createPublicClient({
    clientId: "client",
    clientSecret: "weighbridge-secret",
    tokens,
    baseUrl: server.url,
    clock,
    random: () => 1,
    application: new Application({ clock, ...limits }),
    ...others,
  });
  return { server, clock, tokens, client, ada: client.person("ada", grantOf(1).userId) };
}

/** What a call is, without its parameters. */
export const kinds = (calls: readonly ReceivedCall[]) =>
  calls.map(({ url, parameters }) => `${url.slice(1)} ${parameters["action"]}`);

/** An answer with an HTTP status and headers of its own. */
export const http =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
