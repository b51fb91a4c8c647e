import type { IncomingMessage, ServerResponse } from "node:http";
import type { Application } from "../applications/application.ts";
import type { Person } from "../person.ts";
import type { World } from "../world.ts";
import { demoPerson } from "./demo-person.ts";
import { scopesIn } from "./scopes.ts";

export const CONSENT_PATH = "/oauth2_user/authorize2";
export const LOGOUT_PATH = "/logout";

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The page on which a person consents, and the answer to its buttons. */
export function answerConsent(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  body: string,
): void {
  const asked = new URLSearchParams(query);
  const refuse = (message: string) =>
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ errors: [{ message }] }));
  const application = world.applications.get(asked.get("client_id") ?? "");
  const redirectUrl = asked.get("redirect_uri") ?? "";
  const scopes = scopesIn(asked.get("scope") ?? "");
  if (application === undefined) return void refuse("invalid_client: client_id is unknown");
  if (!application.redirectUrls.includes(redirectUrl))
    return void refuse("redirect_uri_mismatch: The redirect URI provided is missing or does not match");
  if (asked.get("response_type") !== "code") return void refuse("invalid_request: response_type must be code");
  if (!asked.get("state")) return void refuse("invalid_request: state is missing");
  if (scopes === undefined) return void refuse("invalid_scope: separate known scopes by commas");
  const back = (parameters: Record<string, string>) => {
    const url = new URL(redirectUrl);
    for (const [name, value] of Object.entries({ ...parameters, state: asked.get("state") ?? "" }))
      url.searchParams.set(name, value);
    response.writeHead(302, { location: url.href, "cache-control": "no-store" }).end();
  };
  const allow = (person: Person) => {
    world.log.add({
      kind: "deed",
      person: person.name,
      words: `${person.name} allowed ${application.name} to read their data`,
    });
    back({ code: application.newCode(person.userId, redirectUrl, scopes) });
  };
  if (asked.get("mode") === "demo") return allow(demoPerson(world));
  if (request.method === "GET")
    return void response
      .writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
      .end(pageOf(application, world.people, scopes));
  const answer = new URLSearchParams(body);
  const person = world.byUserId(Number(answer.get("userid")));
  if (answer.get("decision") !== "allow" || person === undefined) return back({ error: "access_denied" });
  allow(person);
}

/** Ends the browser's session at the real service; here it only leads on. */
export function answerLogout(response: ServerResponse, query: string): void {
  response.writeHead(302, { location: new URLSearchParams(query).get("r") ?? "/" }).end();
}

const pageOf = ({ name }: Application, people: readonly Person[], scopes: readonly string[]) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Allow ${escaped(name)}? · simulated Withings</title>
<style>
:root { color-scheme: light dark }
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 12vh auto 0; padding: 0 1.5rem }
h1 { font-size: 1.4rem } fieldset { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .6rem; padding: .8rem 1rem }
label { display: block; padding: .3rem 0 } ul { padding-left: 1.2rem }
button { font: inherit; padding: .55rem 1.4rem; border-radius: .6rem; border: 1px solid #1a7f6b; margin: 1rem .6rem 0 0; cursor: pointer }
button[value=allow] { background: #1a7f6b; color: #fff } button[value=deny] { background: transparent; color: inherit; border-color: currentColor }
small { opacity: .7 }
</style></head><body><main>
<small>Simulated Withings account</small>
<h1>Allow ${escaped(name)} to read your data?</h1>
<form method="post">
<fieldset><legend>Who are you?</legend>
${people.map(({ name: who, userId }, index) => `<label><input type="radio" name="userid" value="${userId}"${index === 0 ? " checked" : ""}> ${escaped(who)}</label>`).join("\n")}
</fieldset>
<p>It asks for:</p><ul>${scopes.map((scope) => `<li>${escaped(WORDS[scope] ?? scope)}</li>`).join("")}</ul>
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button>
</form></main></body></html>
`;

const WORDS: Readonly<Record<string, string>> = {
  "user.info": "devices and goals",
  "user.metrics": "weight and other measures",
  "user.activity": "activity and sleep",
  "user.sleepevents": "sleep events",
};
