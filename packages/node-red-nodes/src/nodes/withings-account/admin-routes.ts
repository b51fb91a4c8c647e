import type { Clock } from "@weighbridge/core";
import type { NodeAPI } from "node-red";
import { FoundKeys } from "../../account/found-keys.ts";
import type { AccountSettings } from "../../account/open-api.ts";
import { type Problem, problemOf, SetupError } from "../../errors.ts";
import type { AccountCredentials } from "./settings.ts";
import { findUsers, tryAccount } from "./try-account.ts";

/** What the editor puts in place of a password that it was never given. */
const UNCHANGED = "__PWRD__";

interface Request {
  readonly body?: unknown;
}

interface Response {
  json(body: unknown): unknown;
}

/** The buttons of the account's form. They need the right to change accounts: they speak to the service in the user's name. */
export function serveEditor(RED: NodeAPI, keys: FoundKeys, clock: Clock): void {
  const mayWrite = RED.auth.needsPermission("withings-account.write");
  const answer = (work: (body: Readonly<Record<string, unknown>>) => Promise<unknown>) => {
    return (request: Request, response: Response) => {
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
      const login = { email: textOf(body, "email"), password: filledIn(String(body["password"] ?? "")) };
      return findUsers(settingsOf(body), login, { keys, clock });
    }),
  );

  function settingsOf(body: Readonly<Record<string, unknown>>): AccountSettings {
    return {
      generation: textOf(body, "generation") || "wbs",
      baseUrl: textOf(body, "baseurl"),
      userId: textOf(body, "userid"),
      publicKey: keyOf(body),
      callsPerMinute: textOf(body, "callsperminute") || "120",
    };
  }

  function keyOf(body: Readonly<Record<string, unknown>>): string {
    const given = textOf(body, "publickey");
    if (FoundKeys.isTicket(given)) return keys.keyOf(given) ?? "";
    return given === UNCHANGED ? savedKeyOf(body) : given;
  }

  /** Sent only to the server that it was deployed for: nobody gets a key by naming a server of their own. */
  function savedKeyOf(body: Readonly<Record<string, unknown>>): string {
    const id = textOf(body, "id");
    const deployed = deployedBaseUrl(id);
    if (deployed !== undefined && filledIn(deployed) === textOf(body, "baseurl")) {
      const { publickey = "" } = (RED.nodes.getCredentials(id) ?? {}) as AccountCredentials;
      const saved = filledIn(publickey);
      return FoundKeys.isTicket(saved) ? (keys.keyOf(saved) ?? "") : saved;
    }
    throw new SetupError("the saved publickey belongs to another base URL", {
      code: "key_of_other_server",
      remedy: "Enter the publickey again, or deploy first.",
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

const textOf = (body: Readonly<Record<string, unknown>>, name: string) => filledIn(String(body[name] ?? "").trim());

/** The form is not deployed yet, so Node-RED has not filled in its environment variables. */
function filledIn(value: string): string {
  const name = /^\$[{(]([^})]+)[})]$/.exec(value)?.[1];
  return name === undefined ? value : (process.env[name] ?? "");
}
