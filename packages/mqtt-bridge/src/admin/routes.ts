import { DOCUMENT_SCHEMA } from "@weighbridge/core";
import { answerRequest, COMMAND_NAMES, type RequestHandlers } from "../messages/requests.ts";
import type { Access } from "./access.ts";
import type { ReadyAnswer } from "./contract.ts";
import { AdminError, invalid, json, jsonText, type Reply } from "./reply.ts";
import type { AdminRequest, Route } from "./router.ts";

export interface RoutesInput {
  readonly access: Access;
  readonly handlers: RequestHandlers;
  readiness(): Promise<ReadyAnswer>;
  /** `/api/status` as text. */
  status(): string;
}

/** Every endpoint; the README's table is compared with it. */
export function routesOf(input: RoutesInput): readonly Route[] {
  const { access, status } = input;
  return [
    {
      ...{ method: "GET", path: "/healthz", needs: "open" },
      words: "200 while the process serves",
      run: () => json({ status: "ok" }),
    },
    {
      ...{ method: "GET", path: "/readyz", needs: "open" },
      words:
        "200 where it can take weigh-ins in: the state is writable, the receiver listens; otherwise 503 with reasons",
      run: async () => ready(await input.readiness()),
    },
    {
      ...{ method: "POST", path: "/api/login", needs: "page" },
      words: '`{"token": "…"}` gives the page its cookie',
      run: async (request) => loggedIn(access.logIn(await tokenIn(request), request)),
    },
    {
      ...{ method: "POST", path: "/api/logout", needs: "page" },
      words: "ends it",
      run: ({ headers }) => loggedIn(access.logOut(headers)),
    },
    {
      ...{ method: "GET", path: "/api/status", needs: "token" },
      words: "people with their last weigh-in, subscription and next poll; problems with remedies; what waits",
      run: () => jsonText(status()),
    },
    {
      ...{ method: "POST", path: "/api/requests/<command>", needs: "token" },
      words: "does what the [request](#requests) of this name does, with the same payload and answer",
      run: (request, command) => answered(request, command, input.handlers),
    },
  ];
}

const ready = (answer: ReadyAnswer): Reply => json(answer, answer.ready ? 200 : 503);

const loggedIn = (cookie: string): Reply => {
  const reply = json({});
  return { ...reply, headers: { ...reply.headers, "set-cookie": cookie } };
};

async function tokenIn(request: AdminRequest): Promise<string> {
  const token = (await objectIn(request))["token"];
  if (typeof token === "string") return token;
  throw invalid("token is missing", 'Send {"token": "…"} with the value of admin.token.');
}

async function objectIn(request: AdminRequest): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = JSON.parse(await request.readBody());
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch (error) {
    if (error instanceof AdminError) throw error;
  }
  throw invalid("the body is no JSON object", "Send a JSON object.");
}

async function answered(request: AdminRequest, command: string, handlers: RequestHandlers): Promise<Reply> {
  const name = COMMAND_NAMES.find((one) => one === command);
  if (name === undefined)
    throw new AdminError(404, "unknown_command", `there is no request ${command}`, `Use ${COMMAND_NAMES.join(", ")}.`);
  const payload = await request.readBody();
  const answer = await answerRequest(name, { topic: "", payload, isRetained: false }, handlers);
  return json({ schema: DOCUMENT_SCHEMA, ...answer });
}
