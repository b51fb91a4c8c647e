import { type Application, type Clock, type ConsentOutcome, type PublicClient, problemOf } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import type { GrantPlace } from "../../account/account-api.ts";
import { todaysClient } from "../../account/account-source.ts";
import { CallError } from "../../shared/call-error.ts";
import { REDIRECT_PATH } from "../../shared/callback-address.ts";
import { servesHttp } from "./callback-route.ts";
import { Consents } from "./consents.ts";
import type { Body, FormValues } from "./form-values.ts";
import { QUICK } from "./try-account.ts";

export interface ConsentRoutes {
  readonly form: FormValues;
  /** Serves a route of the editor, with its rights. */
  post(action: string, work: (body: Body) => Promise<unknown>): void;
  application(baseUrl: string, callsPerMinute: number, clientId?: string): Application;
  placeOf(accountId: string): GrantPlace;
  /** Lets every account that uses the grant read it again. */
  onChanged(grantName: string): Promise<void>;
  /** Accounts that run, by the name of their grants. */
  running(): ReadonlyMap<string, string>;
}

/** Leads people through the consent page of today's API: the editor's part needs its rights, the redirect needs the state of an attempt only. */
export function serveConsent(RED: NodeAPI, clock: Clock, routes: ConsentRoutes): void {
  const { post, form, placeOf, application, running } = routes;
  const onChanged = (grantName: string) =>
    routes.onChanged(grantName).catch((error: unknown) => {
      RED.log.error(`An account could not take its consent: ${problemOf(error).message}`);
    });
  const consents = new Consents({
    clock,
    onOutcome(attempt, grantName, { is }) {
      if (is === "authorized") void onChanged(grantName);
      // The message tells readers of flows that something happened; what it was is told to those who may write.
      RED.comms?.publish(`withings-account/consent/${attempt}`, {}, false);
    },
  });
  const startOf = (body: Body) => {
    const settings = form.settings(body);
    const place = placeOf(form.text(body, "id"));
    return { settings, place, client: todaysClient(settings, { clock, application, grant: place, ...QUICK }) };
  };

  post("authorize", async (body) => {
    const { client, place } = startOf(body);
    const redirectUrl = form.text(body, "redirecturl");
    if (!URL.canParse(redirectUrl)) throw noRedirect();
    // A wrong secret or clock, and a file that cannot be replaced, are said before anybody consents in vain.
    await Promise.all([client.checkClient(), place.tokens.read(place.name)]);
    const isRepeat = body["repeat"] === true;
    const others = () => (isRepeat ? [] : [...running().keys()]);
    return { ok: true, ...consents.begin({ client, place, redirectUrl, others }) };
  });
  post("redeem", async (body) => {
    const outcome = await consents.redeem(String(body["attempt"] ?? ""), String(body["address"] ?? ""));
    return viewOf(outcome, running());
  });
  post("outcome", async (body) => {
    const outcome = consents.outcomeOf(String(body["attempt"] ?? ""));
    return outcome === undefined ? { ok: true, is: "waiting" } : viewOf(outcome, running());
  });
  post("grant", async (body) => {
    const { tokens, name } = placeOf(form.text(body, "id"));
    const grant = await tokens.read(name);
    if (grant === undefined) return { ok: true, is: "nobody" };
    const { userId, clientId, scope, ended } = grant;
    const isOurs = clientId === form.text(body, "clientid");
    const is = !isOurs ? "other_application" : ended === undefined ? "authorized" : "ended";
    return { ok: true, is, userid: userId, scope };
  });
  post("signout", (body) =>
    signOut(placeOf(form.text(body, "id")), {
      clientId: form.text(body, "clientid"),
      client: () => startOf(body).client,
      onChanged,
    }),
  );
  serveRedirect(RED, consents);
}

interface SignOut {
  /** ClientID of the application, from the form. */
  readonly clientId: string;
  client(): PublicClient;
  onChanged(grantName: string): Promise<void>;
}

/** Ends the consent at the service where this application has it, and deletes what is stored, also what cannot be read. */
async function signOut({ tokens, name }: GrantPlace, { clientId, client, onChanged }: SignOut): Promise<object> {
  const grant = await tokens.read(name).catch((error: unknown) => {
    if (problemOf(error).code === "token_file_unusable") return undefined;
    throw error;
  });
  if (grant?.clientId !== clientId) {
    await tokens.exclusively(name, () => tokens.remove(name));
    await onChanged(name);
    return { ok: true, is: "removed" };
  }
  await client().person(name, grant.userId).signOut();
  // The service ends all of the person's consents to the application, not this one alone.
  for (const other of new Set([name, ...(await tokens.names())])) {
    const also = other === name ? undefined : await tokens.read(other).catch(() => undefined);
    if (other === name || (also?.userId === grant.userId && also.clientId === clientId)) await onChanged(other);
  }
  return { ok: true, is: "signedout" };
}

function noRedirect(): CallError {
  return new CallError("the redirect URL is not a whole URL", {
    code: "invalid_value",
    remedy: "Give it exactly as it is registered in the developer portal.",
  });
}

/** Shows what became of a consent, without tokens. */
function viewOf(outcome: ConsentOutcome, names: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  switch (outcome.is) {
    case "authorized":
      return { ok: true, is: "authorized", userid: outcome.grant.userId, scope: outcome.grant.scope };
    case "stranger":
      return {
        ...{ ok: true, is: `stranger_${outcome.known}`, userid: outcome.userId, first_open: outcome.firstOpen },
        ...(outcome.known === "other" && { other: names.get(outcome.other) || outcome.other }),
      };
    case "wrong":
      return { ok: true, is: `wrong_${outcome.what}` };
    case "refused":
      return { ok: true, is: "refused", error: outcome.error };
    case "failed":
      return { ok: false, problem: outcome.problem };
  }
}

/** The browser that comes back from the consent page. The state in its address, good once, is what it needs to know. */
function serveRedirect(RED: NodeAPI, consents: Consents): void {
  if (!servesHttp(RED)) return;
  RED.httpNode.get(REDIRECT_PATH, (request, response) => {
    const answer = (page: string) =>
      response
        .status(200)
        .set({
          "Cache-Control": "no-store",
          "Referrer-Policy": "no-referrer",
          "Content-Type": "text/html; charset=utf-8",
        })
        .send(page);
    consents.follow(request.url).then(
      (outcome) => answer(pageOf(outcome?.is)),
      (error: unknown) => {
        RED.log.error(`The consent could not be taken: ${problemOf(error).message}`);
        answer(pageOf("failed"));
      },
    );
  });
}

function pageOf(is: ConsentOutcome["is"] | undefined): string {
  const words =
    is === "authorized"
      ? "It worked: the account is authorized."
      : is === undefined
        ? "No account waits for this page. Press Authorize in the account node, and use the page that opens then."
        : "It did not work: the account node in Node-RED's editor says why.";
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Withings account</title>
<p>${words}</p>
<p>You may close this window.</p>
</html>
`;
}
