import type { Application, Consent, Pair } from "../applications/application.ts";
import { PUBLIC_LIMITS } from "../applications/limits.ts";
import type { World } from "../world.ts";
import { demoPerson } from "./demo-person.ts";
import type { Form } from "./form.ts";
import { invalidParams, PublicRefusal, sameArguments, tooManyCalls, wrongSignature } from "./refusal.ts";
import { scopesIn } from "./scopes.ts";

/** The application that a call names. */
function applicationOf(form: Form, world: World): Application {
  const application = world.applications.get(form.required("client_id"));
  if (application === undefined) throw new PublicRefusal(342, "unknown client_id");
  if (!application.countCall()) throw tooManyCalls();
  return application;
}

/** A nonce is used up by the attempt, also by one with a wrong signature. */
function refuseUnsigned(form: Form, application: Application, action: string): void {
  const [nonce, signature] = [form.required("nonce"), form.required("signature")];
  const isSigned = signature === application.sign(action, application.clientId, nonce);
  if (!application.useNonce(nonce) || !isSigned) throw wrongSignature();
}

/** A secret or a signature proves the application. */
function refuseUnproven(form: Form, application: Application, action: string): void {
  const secret = form.text("client_secret");
  if (secret === undefined) return refuseUnsigned(form, application, action);
  if (secret !== application.clientSecret) throw wrongSignature();
}

/** As recorded: a string after a code, a number after a refresh. */
function userIdIn({ userId }: Consent, { quirks }: Application, isNew: boolean): string | number {
  const kind = quirks.userId ?? "recorded";
  return kind === "string" || (kind === "recorded" && isNew) ? String(userId) : userId;
}

const tokenBody = (
  application: Application,
  consent: Consent,
  { accessToken, refreshToken }: Pair,
  isNew: boolean,
) => ({
  userid: userIdIn(consent, application, isNew),
  access_token: accessToken,
  refresh_token: refreshToken,
  expires_in: PUBLIC_LIMITS.accessLastsS,
  scope: consent.scopes.join(","),
  token_type: "Bearer",
  ...(isNew && { csrf_token: "csrf" }),
});

export function requesttoken(form: Form, world: World): object {
  const application = applicationOf(form, world);
  refuseUnproven(form, application, "requesttoken");
  const waitS = application.repeatsWithin(`requesttoken ${form.key}`);
  if (waitS > 0) throw sameArguments(waitS);
  switch (form.required("grant_type")) {
    case "authorization_code": {
      const [code, redirectUrl] = [form.required("code"), form.required("redirect_uri")];
      form.end();
      const consent = application.useCode(code, redirectUrl);
      if (consent === undefined) throw invalidParams("invalid code");
      return tokenBody(application, consent, application.newPair(consent), true);
    }
    case "refresh_token": {
      const refreshToken = form.required("refresh_token");
      form.end();
      const found = application.byRefreshToken(refreshToken);
      if (found === undefined) throw invalidParams("invalid refresh_token");
      return tokenBody(application, found.consent, application.newPair(found.consent, found.pair), false);
    }
    default:
      throw invalidParams("invalid grant_type");
  }
}

/** Tokens of the demo person, without a browser. */
export function getdemoaccess(form: Form, world: World): object {
  const application = applicationOf(form, world);
  const scopes = scopesIn(form.required("scope_oauth2"));
  refuseUnsigned(form, application, "getdemoaccess");
  form.end();
  if (scopes === undefined) throw invalidParams("invalid scope_oauth2");
  const consent = application.consent(demoPerson(world).userId, scopes);
  return tokenBody(application, consent, application.newPair(consent), true);
}

export function getnonce(form: Form, world: World): object {
  const application = applicationOf(form, world);
  const timestamp = form.number("timestamp");
  const signature = form.required("signature");
  form.end();
  if (timestamp === undefined) throw invalidParams("invalid timestamp");
  const isLate = Math.abs(world.clock.seconds() - timestamp) > PUBLIC_LIMITS.clockOffS;
  if (isLate || signature !== application.sign("getnonce", application.clientId, String(timestamp)))
    throw wrongSignature();
  return { nonce: application.newNonce() };
}

export function revoke(form: Form, world: World): object {
  const application = applicationOf(form, world);
  const userId = form.number("userid");
  refuseUnsigned(form, application, "revoke");
  form.end();
  if (userId === undefined || !application.consents.delete(userId)) throw invalidParams("invalid userid");
  return {};
}
