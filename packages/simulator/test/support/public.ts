import { simulate } from "@weighbridge/testing";
import type { Simulator } from "../../src/index.ts";

export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly error?: string };

/** Ada, and an application of hers. */
export async function world() {
  const sim = await simulate();
  const ada = sim.person("ada");
  const app = sim.application({
    clientId: "client",
    clientSecret: "secret",
    redirectUrls: ["http://localhost:8643/callback"],
  });
  return { sim, ada, app };
}

export async function call(sim: Simulator, service: string, parameters: object, token?: string): Promise<Answer> {
  const response = await fetch(new URL(service, sim.url), {
    method: "POST",
    body: new URLSearchParams(parameters as Record<string, string>),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as Answer;
}

const client = { client_id: "client", client_secret: "secret" };
export const redirect_uri = "http://localhost:8643/callback";
export const byCode = (sim: Simulator, code: string, more = {}) =>
  call(sim, "v2/oauth2", {
    action: "requesttoken",
    grant_type: "authorization_code",
    ...client,
    code,
    redirect_uri,
    ...more,
  });
export const byRefresh = (sim: Simulator, refresh_token: unknown) =>
  call(sim, "v2/oauth2", { action: "requesttoken", grant_type: "refresh_token", ...client, refresh_token });
export const getmeas = (sim: Simulator, token: string, more = {}) =>
  call(sim, "measure", { action: "getmeas", ...more }, token);
export const subscribe = (sim: Simulator, token: string, callbackurl: string, appli: number) =>
  call(sim, "notify", { action: "subscribe", callbackurl, appli: String(appli) }, token);

export const consentUrl = (sim: Simulator, more = {}) => {
  const query = {
    response_type: "code",
    client_id: "client",
    state: "s",
    scope: "user.info,user.metrics",
    redirect_uri,
    ...more,
  };
  return `${sim.url}oauth2_user/authorize2?${new URLSearchParams(query)}`;
};
