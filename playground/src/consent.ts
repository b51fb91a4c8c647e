/** An account of today's API that is deployed, and the person who is to consent. */
export interface ConsentInput {
  /** Of Node-RED, without a slash at the end. */
  readonly nodeRedUrl: string;
  readonly accountId: string;
  readonly form: {
    readonly baseurl: string;
    readonly clientid: string;
    readonly clientsecret: string;
    readonly redirecturl: string;
    readonly callsperminute?: string;
  };
  readonly userId: number;
}

/** Presses Authorize in the account's form, agrees on the simulated consent page as the person, and follows the redirect, as a browser does. Gives the address of the page. */
export async function consentInNodeRed({ nodeRedUrl, accountId, form, userId }: ConsentInput): Promise<string> {
  const asked = await fetch(`${nodeRedUrl}/withings-account/authorize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: accountId, generation: "public", callsperminute: "120", ...form }),
  });
  const { url, problem } = (await asked.json()) as { readonly url?: string; readonly problem?: object };
  if (url === undefined) throw new Error(`the account gave no link: ${JSON.stringify(problem)}`);
  const page = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ userid: String(userId), decision: "allow" }),
  });
  const text = await page.text();
  if (!text.includes("It worked")) throw new Error(`the consent did not work: ${text}`);
  return url;
}
