import type { Application, Consent, Pair } from "../applications/application.ts";
import { PUBLIC_LIMITS } from "../applications/limits.ts";
import type { World } from "../world.ts";
import type { Form } from "./form.ts";
import { invalidParams, PublicRefusal, sameArguments, tooManyCalls, wrongSignature } from "./refusal.ts";

/** The application that a call names. */
function applicationOf(form: Form, world: World): Application {
  const application = world.applications.get(form.required("client_id"));
  if (application === undefined) throw new PublicRefusal(342, "unknown client_id");
  if (!application.countCall()) throw tooManyCalls();
  return application;
}

const tokenBody = ({ userId, scopes }: Consent, { accessToken, refreshToken }: Pair, isNew: boolean) => ({
  // As recorded: a string after a code, a number after a refresh.
  userid: isNew ? String(userId) : userId,
  access_token: accessToken,
  refresh_token: refreshToken,
  expires_in: PUBLIC_LIMITS.accessLastsS,
  scope: scopes.join(","),
  token_type: "Bearer",
  ...(isNew && { csrf_token: "csrf" }),
});

export function requesttoken(form: Form, world: World): object {
  const application = applicationOf(form, world);
  if (form.required("client_secret") !== application.clientSecret) throw wrongSignature();
  const waitS = application.repeatsWithin(`requesttoken ${form.key}`);
  if (waitS > 0) throw sameArguments(waitS);
  switch (form.required("grant_type")) {
    case "authorization_code": {
      const [code, redirectUrl] = [form.required("code"), form.required("redirect_uri")];
      form.end();
      const consent = application.useCode(code, redirectUrl);
      if (consent === undefined) throw invalidParams("invalid code");
      return tokenBody(consent, application.newPair(consent), true);
    }
    case "refresh_token": {
      const refreshToken = form.required("refresh_token");
      form.end();
      const found = application.byRefreshToken(refreshToken);
      if (found === undefined) throw invalidParams("invalid refresh_token");
      return tokenBody(found.consent, application.newPair(found.consent, found.pair), false);
    }
    default:
      throw invalidParams("invalid grant_type");
  }
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
  const [nonce, signature] = [form.required("nonce"), form.required("signature")];
  const userId = form.number("userid");
  form.end();
  const isSigned = signature === application.sign("revoke", application.clientId, nonce);
  if (!application.useNonce(nonce) || !isSigned) throw wrongSignature();
  if (userId === undefined || !application.consents.delete(userId)) throw invalidParams("invalid userid");
  return {};
}
