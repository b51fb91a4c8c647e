import { randomBytes } from "node:crypto";
import { type Clock, createWbsClient, memoryTokenStore, problemOf } from "@weighbridge/core";
import { publicClientOf } from "../accounts/public-client.ts";
import { accountOf, accountsOf } from "../config/accounts.ts";
import type { Config } from "../config/schema.ts";
import { VERSION } from "../config/version.ts";
import { type ConnectionLimits, HttpServer } from "../http/http-server.ts";
import { LIMITS } from "../limits.ts";
import { tryBroker } from "../mqtt/try-broker.ts";

/** The outcome of one look at what a configuration names. */
export interface Check {
  readonly subject: "broker" | "api" | "callback";
  readonly ok: boolean;
  readonly words: string;
  /** Absent where nothing is wrong. */
  readonly remedy?: string;
}

/** Connects to the broker, and publishes where the bridge will. */
export async function checkBroker(config: Config, clock: Clock): Promise<Check> {
  const problem = await tryBroker(config, clock);
  if (problem === undefined) return { subject: "broker", ok: true, words: `${config.mqtt.url} takes messages` };
  const remedy = problem.remedy ?? "Check mqtt.url, and that the broker runs.";
  return { subject: "broker", ok: false, words: problem.message, remedy };
}

/** Asks the API whether it knows the application, or each person of the original API. */
export async function checkApi(config: Config, clock: Clock): Promise<Check> {
  const [account] = accountsOf(config);
  try {
    if (account?.generation === "public") {
      await publicClientOf(account, { tokens: memoryTokenStore(), clock, version: VERSION }).checkClient();
      return { subject: "api", ok: true, words: "ClientID, Secret and this machine's clock are right" };
    }
    for (const person of config.people) {
      const own = accountOf(accountsOf(config), person);
      const { userid: userId = 0, publickey: publicKey = "" } = person;
      if (own) await createWbsClient({ baseUrl: own.base_url }).user.getById({ userId, publicKey });
    }
    return { subject: "api", ok: true, words: "userid and publickey work" };
  } catch (error) {
    const { message, remedy } = problemOf(error);
    return { subject: "api", ok: false, words: message, remedy };
  }
}

const CONNECTIONS: ConnectionLimits = {
  headersMs: LIMITS.callbackHeadersMs,
  requestMs: LIMITS.callbackRequestMs,
  checkMs: LIMITS.callbackCheckMs,
  connections: 64,
  connectionsOfAddress: 64,
};

/** Listens where the bridge will, and calls the public URL: it must lead here. */
export async function checkCallback(
  { callback }: Config,
  look: (url: string) => Promise<number | undefined>,
): Promise<Check> {
  const { public_url: publicUrl, host, port } = callback;
  if (publicUrl === undefined)
    return { subject: "callback", ok: true, words: "none: weigh-ins are polled every 15 minutes" };
  const nonce = randomBytes(16).toString("base64url");
  let hasCome = false;
  const server = new HttpServer({
    ...{ host, port, limits: CONNECTIONS },
    async answer({ url = "" }, response) {
      hasCome ||= url.split("?")[0]?.endsWith(`/${nonce}`) === true;
      response.writeHead(200).end();
    },
    onDropped: () => {},
    onError: () => {},
  });
  try {
    await server.start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const words = code === "EADDRINUSE" ? "another program has it" : String(code);
    return {
      ...{ subject: "callback", ok: false, words: `port ${port} of ${host} cannot be listened on: ${words}` },
      remedy: "Stop that program, such as a bridge that runs already, or choose another port with --port.",
    };
  }
  try {
    const status = await look(`${publicUrl.replace(/\/+$/, "")}/${nonce}`);
    if (hasCome) return { subject: "callback", ok: true, words: `${publicUrl} leads here, from this machine at least` };
    const words =
      status === undefined ? "does not answer from this machine" : `is answered with ${status}, not from here`;
    return {
      ...{ subject: "callback", ok: false, words: `${publicUrl} ${words}` },
      remedy: `Lead it to port ${port} of this machine, with HEAD and POST and without a login. A router that cannot be called from inside needs a look from a phone outside.`,
    };
  } finally {
    await server.stop();
  }
}
