import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createPublicClient, fileTokenStore, readRedirect } from "@weighbridge/core";
import type { Person, RegisteredApplication, Simulator } from "@weighbridge/simulator";

const REDIRECT_URL = "http://localhost:8643/callback";

/** Keys of the bridge's configuration for today's API, and the page on which people consented. */
export interface Consented {
  readonly account: object;
  readonly consentPage: string;
}

/** Registers an application, and leads each person through the consent page, as `weighbridge authorize` does with a browser. */
export async function consentAll(
  simulator: Simulator,
  people: readonly (readonly [slug: string, Person])[],
  stateDir: string,
): Promise<Consented> {
  const app = simulator.application({ name: "Weighbridge demo", redirectUrls: [REDIRECT_URL] });
  const { clientId, clientSecret } = app;
  const authorizeUrl = `${simulator.url}oauth2_user/authorize2`;
  const tokens = fileTokenStore({ directory: join(stateDir, "grants") });
  const client = createPublicClient({ clientId, clientSecret, tokens, baseUrl: simulator.url, authorizeUrl });
  const linkOf = (state: string) => client.authorizeUrl({ redirectUrl: REDIRECT_URL, state });
  for (const [slug, person] of people) {
    const state = randomBytes(16).toString("base64url");
    const redirect = readRedirect(await allow(linkOf(state), person), { state, isPasted: false });
    if (redirect.is !== "code") throw new Error(`the consent page gave no code: ${JSON.stringify(redirect)}`);
    await tokens.write(slug, await client.exchange({ code: redirect.code, redirectUrl: REDIRECT_URL }));
  }
  return { account: accountOf(app, simulator.url, authorizeUrl), consentPage: linkOf("look") };
}

const accountOf = ({ clientId, clientSecret }: RegisteredApplication, baseUrl: string, authorizeUrl: string) => ({
  ...{ id: "demo", generation: "public", base_url: baseUrl, authorize_url: authorizeUrl },
  ...{ client_id: clientId, client_secret: clientSecret, redirect_url: REDIRECT_URL },
});

/** Clicks *Allow*; gives the address that the browser is led to. */
async function allow(link: string, { userId }: Person): Promise<string> {
  const body = new URLSearchParams({ userid: String(userId), decision: "allow" });
  const { headers } = await fetch(link, { method: "POST", body, redirect: "manual" });
  return headers.get("location") ?? "";
}
