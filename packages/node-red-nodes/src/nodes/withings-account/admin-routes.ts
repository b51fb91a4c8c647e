import { type Clock, type Problem, problemOf } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import { callbackSecret } from "../../runtime/installation-key.ts";
import { type ConsentRoutes, serveConsent } from "./consent-routes.ts";
import { type Body, FormValues } from "./form-values.ts";
import { findUsers, tryAccount } from "./try-account.ts";

interface Request {
  readonly body?: unknown;
}

interface Response {
  set(name: string, value: string): unknown;
  json(body: unknown): unknown;
}

/** Answers what the account's form asks for. Its requests need the right to change accounts: they speak to the service in the user's name, or show a secret. */
export function serveEditor(RED: NodeAPI, clock: Clock, consent: Omit<ConsentRoutes, "post" | "form">): void {
  const form = new FormValues(RED);
  const mayWrite = RED.auth.needsPermission("withings-account.write");
  const answer = (work: (body: Body) => Promise<unknown>) => {
    return (request: Request, response: Response) => {
      // An answer may hold an access key.
      response.set("Cache-Control", "no-store");
      const body = typeof request.body === "object" && request.body !== null ? request.body : {};
      const failed = (error: unknown): { ok: false; problem: Problem } => ({ ok: false, problem: problemOf(error) });
      void Promise.resolve({ ...body })
        .then(work)
        .catch(failed)
        .then((result) => response.json(result));
    };
  };
  const post = (action: string, work: (body: Body) => Promise<unknown>) =>
    RED.httpAdmin.post(`/withings-account/${action}`, mayWrite, answer(work));

  post("test", (body) => {
    const { application, placeOf } = consent;
    return tryAccount(form.settings(body), { clock, application, grant: placeOf(form.text(body, "id")) });
  });
  post("users", (body) => {
    const login = { email: form.text(body, "email"), password: form.filled(body, String(body["password"] ?? "")) };
    return findUsers(form.settings(body), login, { clock, grant: consent.placeOf(form.text(body, "id")) });
  });
  serveConsent(RED, clock, { ...consent, post, form });

  // The form shows the callback URL, also before the first deploy. Who may not change the account does not see it.
  RED.httpAdmin.get("/withings-account/callback/:id", mayWrite, (request, response) => {
    response.set("Cache-Control", "no-store");
    try {
      response.json({ ok: true, secret: callbackSecret(RED, String(request.params["id"])) });
    } catch (error) {
      response.json({ ok: false, problem: problemOf(error) });
    }
  });
}
