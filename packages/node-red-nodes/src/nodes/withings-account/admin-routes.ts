import { type Clock, type Problem, problemOf } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import type { AccountSettings } from "../../account/open-api.ts";
import { SetupError } from "../../errors.ts";
import { filledIn } from "../../runtime/environment.ts";
import { callbackSecret } from "../../runtime/installation-key.ts";
import type { AccountCredentials } from "./settings.ts";
import { findUsers, tryAccount } from "./try-account.ts";

/** Stands for a password that the editor was never given. */
const UNCHANGED = "__PWRD__";

type Body = Readonly<Record<string, unknown>>;

interface Request {
  readonly body?: unknown;
}

interface Response {
  set(name: string, value: string): unknown;
  json(body: unknown): unknown;
}

/** Answers what the account's form asks for. Its requests need the right to change accounts: they speak to the service in the user's name, or show a secret. */
export function serveEditor(RED: NodeAPI, clock: Clock): void {
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

  RED.httpAdmin.post(
    "/withings-account/test",
    mayWrite,
    answer((body) => tryAccount(settingsOf(body), clock)),
  );
  RED.httpAdmin.post(
    "/withings-account/users",
    mayWrite,
    answer((body) => {
      const login = { email: textOf(body, "email"), password: filled(body, String(body["password"] ?? "")) };
      return findUsers(settingsOf(body), login, clock);
    }),
  );

  // The form shows the callback URL, also before the first deploy. Who may not change the account does not see it.
  RED.httpAdmin.get("/withings-account/callback/:id", mayWrite, (request, response) => {
    response.set("Cache-Control", "no-store");
    try {
      response.json({ ok: true, secret: callbackSecret(RED, String(request.params["id"])) });
    } catch (error) {
      response.json({ ok: false, problem: problemOf(error) });
    }
  });

  /** A field of the form, without spaces around it. */
  function textOf(body: Body, name: string): string {
    return filled(body, String(body[name] ?? "").trim());
  }

  function filled(body: Body, value: string): string {
    return filledIn(RED, String(body["id"] ?? ""), value);
  }

  function settingsOf(body: Body): AccountSettings {
    return {
      generation: textOf(body, "generation") || "wbs",
      baseUrl: textOf(body, "baseurl"),
      userId: textOf(body, "userid"),
      publicKey: keyOf(body),
      callsPerMinute: textOf(body, "callsperminute") || "120",
    };
  }

  function keyOf(body: Body): string {
    const given = textOf(body, "publickey");
    return given === UNCHANGED ? savedKeyOf(body) : given;
  }

  /** Sent only to the server that it was deployed for: nobody gets a key by naming a server of their own. */
  function savedKeyOf(body: Body): string {
    const id = textOf(body, "id");
    const deployed = deployedBaseUrl(id);
    if (deployed !== undefined && filled(body, deployed) === textOf(body, "baseurl")) {
      const { publickey = "" } = (RED.nodes.getCredentials(id) ?? {}) as AccountCredentials;
      return filled(body, publickey);
    }
    throw new SetupError("the saved access key belongs to another base URL", {
      code: "key_of_other_server",
      remedy: "Enter the access key again, or deploy first.",
    });
  }

  function deployedBaseUrl(id: string): string | undefined {
    let found: string | undefined;
    RED.nodes.eachNode((node) => {
      if (node.id === id) found = String((node as { baseurl?: unknown }).baseurl ?? "");
    });
    return found;
  }
}
