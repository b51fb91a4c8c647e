import { DOCUMENT_SCHEMA } from "@weighbridge/core";
import { type LeveledLog, LOG_LEVELS } from "../log.ts";
import { answerRequest, COMMAND_NAMES, type RequestHandlers } from "../messages/requests.ts";
import type { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import type { Access } from "./access.ts";
import { compressed } from "./compress.ts";
import { type ConsentsOfPage, consentAnswer, consentLink } from "./consent-answer.ts";
import type { LogLevelAnswer, ReadyAnswer, RecentAnswer } from "./contract.ts";
import { heldAnswer } from "./held.ts";
import { seriesOf, weighInsOf } from "./history.ts";
import type { Live } from "./live.ts";
import { seriesQuery, weighInsQuery } from "./query.ts";
import type { Recent } from "./recent.ts";
import { AdminError, invalid, json, jsonText, type Reply } from "./reply.ts";
import type { AdminRequest, Route } from "./router.ts";

export interface RoutesInput {
  readonly access: Access;
  readonly handlers: RequestHandlers;
  readonly people: People;
  readonly recent: Recent;
  readonly live: Live;
  readonly consents: ConsentsOfPage;
  /** Polls one person, or everybody. */
  sync(slug: string | undefined): Reply;
  /** Undefined where the program that started the bridge has a log of its own. */
  readonly log: LeveledLog | undefined;
  readiness(): Promise<ReadyAnswer>;
  metrics(): Promise<{ readonly type: string; readonly body: string }>;
  /** `/api/status` as JSON. */
  status(): Buffer;
}

/** Every endpoint; the README's table is compared with it. */
export const routesOf = (input: RoutesInput): readonly Route[] => [
  ...healthRoutes(input),
  ...loginRoutes(input),
  ...readRoutes(input),
  ...writeRoutes(input),
];

const healthRoutes = ({ readiness, metrics }: RoutesInput): Route[] => [
  {
    ...{ method: "GET", path: "/healthz", needs: "open" },
    words: "200 while the process serves; needs no token",
    run: () => json({ status: "ok" }),
  },
  {
    ...{ method: "GET", path: "/readyz", needs: "open" },
    words:
      "200 where weigh-ins can be taken in (the state is writable, the receiver listens), otherwise 503 with reasons; needs no token",
    run: async () => {
      const answer = await readiness();
      return json(answer, answer.ready ? 200 : 503);
    },
  },
  {
    ...{ method: "GET", path: "/metrics", needs: "token" },
    words: "[metrics](#metrics) for Prometheus",
    run: async () => {
      const { type, body } = await metrics();
      return { status: 200, headers: { "content-type": type }, body };
    },
  },
];

const loginRoutes = ({ access }: RoutesInput): Route[] => [
  {
    ...{ method: "POST", path: "/api/login", needs: "page" },
    words: '`{"token": "…"}` gives the page its cookie',
    run: async (request) => withCookie(access.logIn(stringIn(await objectIn(request), "token"), request)),
  },
  {
    ...{ method: "POST", path: "/api/logout", needs: "page" },
    words: "takes the cookie back",
    run: ({ headers }) => withCookie(access.logOut(headers)),
  },
];

const readRoutes = ({ people, recent, live, status }: RoutesInput): Route[] => [
  {
    ...{ method: "GET", path: "/api/status", needs: "token" },
    words: "people with state, last weigh-in, subscription and next poll; problems with remedies; what waits",
    run: ({ headers }) => compressed(jsonText(status()), String(headers["accept-encoding"] ?? "")),
  },
  {
    ...{ method: "GET", path: "/api/people/<slug>/weigh-ins", needs: "token" },
    words:
      "weigh-ins, the newest first: `from`, `to` (epoch seconds), `limit` (at most 1,000), `held=true`; where `more` is true, go on with `to` a second before the last one",
    run: async ({ query }, slug) => json(await weighInsOf(named(people, slug), weighInsQuery(query))),
  },
  {
    ...{ method: "GET", path: "/api/people/<slug>/series", needs: "token" },
    words: "one `measure` over time, ascending, thinned to `points` so that the extremes stay: `from`, `to`",
    run: async ({ query }, slug) => json(await seriesOf(named(people, slug), seriesQuery(query))),
  },
  {
    ...{ method: "GET", path: "/api/held", needs: "token" },
    words: "weigh-ins that wait for *claim* or *refuse*, each with the people whose last weight is nearest",
    run: () => json(heldAnswer(people)),
  },
  {
    ...{ method: "GET", path: "/api/recent", needs: "token" },
    words: "the last 200 events, callbacks, problems and log entries",
    run: () => json<RecentAnswer>({ entries: recent.all }),
  },
  {
    ...{ method: "GET", path: "/api/live", needs: "token" },
    words:
      "the same as they happen (server-sent events), and `status` when the status changed; `Last-Event-ID` resumes",
    run: ({ headers }) => live.listen(headers["last-event-id"] as string | undefined),
  },
];

const writeRoutes = ({ handlers, log, sync, consents }: RoutesInput): Route[] => [
  {
    ...{ method: "POST", path: "/api/requests/<command>", needs: "token" },
    words: "does what the [request](#requests) of this name does, with the same payload and answer",
    run: (request, command) => answered(request, command, handlers),
  },
  {
    ...{ method: "POST", path: "/api/sync", needs: "token" },
    words:
      '`{"person": "ada"}`, or `{}` for everybody: polls, and answers with lines of JSON: first the people, then one line at the end of each poll, with its events or its error',
    run: async (request) => {
      const { person } = await objectIn(request);
      return sync(typeof person === "string" ? person : undefined);
    },
  },
  {
    ...{ method: "POST", path: "/api/people/<slug>/consent", needs: "token" },
    words:
      '`{}` gives a link to the consent page; `{"address": "…"}` takes the address that the browser is led to afterwards, within 30 s',
    run: async (request, slug) => {
      const body = await objectIn(request);
      return json(
        "address" in body ? await consentAnswer(consents, slug, body["address"]) : await consentLink(consents, slug),
      );
    },
  },
  {
    ...{ method: "PUT", path: "/api/log-level", needs: "token" },
    words: '`{"level": "debug"}` until the next start; also `info`, `warn`, `error`',
    run: async (request) => leveled(stringIn(await objectIn(request), "level"), log),
  },
  {
    ...{ method: "GET", path: "/api/log-level", needs: "token" },
    words: "the level of the log",
    run: () => json<LogLevelAnswer>({ level: ownLog(log).level }),
  },
];

function named(people: People, slug: string): Person {
  const person = people.bySlug(slug);
  if (person) return person;
  throw new AdminError(404, "unknown_person", `there is no person ${slug}`, "Use a slug of the configuration.");
}

function withCookie(cookie: string): Reply {
  const reply = json({});
  return { ...reply, headers: { ...reply.headers, "set-cookie": cookie } };
}

function leveled(wanted: string, log: LeveledLog | undefined): Reply {
  const level = LOG_LEVELS.find((one) => one === wanted);
  if (level === undefined) throw invalid(`there is no level ${wanted}`, `Use one of ${LOG_LEVELS.join(", ")}.`);
  ownLog(log).level = level;
  return json<LogLevelAnswer>({ level });
}

function ownLog(log: LeveledLog | undefined): LeveledLog {
  if (log !== undefined) return log;
  throw new AdminError(404, "foreign_log", "the log belongs to the program that started this bridge", LOG_REMEDY);
}

const LOG_REMEDY = "Change the level there.";

function stringIn(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  if (typeof value === "string") return value;
  throw invalid(`${key} is missing`, `Send {"${key}": "…"}.`);
}

async function objectIn(request: AdminRequest): Promise<Readonly<Record<string, unknown>>> {
  const body = parsed(await request.readBody());
  if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  throw invalid("the body is no JSON object", "Send a JSON object.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function answered(request: AdminRequest, command: string, handlers: RequestHandlers): Promise<Reply> {
  const name = COMMAND_NAMES.find((one) => one === command);
  if (name === undefined)
    throw new AdminError(404, "unknown_command", `there is no request ${command}`, `Use ${COMMAND_NAMES.join(", ")}.`);
  const payload = await request.readBody();
  const answer = await answerRequest(name, { topic: "", payload, isRetained: false }, handlers);
  return json({ schema: DOCUMENT_SCHEMA, ...answer });
}
