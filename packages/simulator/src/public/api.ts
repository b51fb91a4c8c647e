import type { IncomingMessage, ServerResponse } from "node:http";
import { failInstead } from "../faults-answer.ts";
import { sentIn } from "../parameters.ts";
import type { World } from "../world.ts";
import type { Called } from "./called.ts";
import { Form } from "./form.ts";
import * as measure from "./measure.ts";
import * as notify from "./notify.ts";
import * as oauth from "./oauth.ts";
import { invalidParams, lacksScope, PublicRefusal, sameArguments, tooManyCalls, unauthorized } from "./refusal.ts";
import * as user from "./user.ts";

type Answered = object | Promise<object>;

interface PersonAction {
  readonly scope: string;
  answer(form: Form, called: Called): Answered;
}

/** Actions of an application itself. */
const OWN: Readonly<Record<string, (form: Form, world: World) => Answered>> = {
  "v2/oauth2 requesttoken": oauth.requesttoken,
  "v2/oauth2 revoke": oauth.revoke,
  "v2/signature getnonce": oauth.getnonce,
};

/** Actions about one person, with the scope that each needs. */
const OF_PERSON: Readonly<Record<string, PersonAction>> = {
  "measure getmeas": { scope: "user.metrics", answer: measure.getmeas },
  "v2/measure confirmuser": { scope: "user.metrics", answer: measure.confirmuser },
  "v2/user getdevice": { scope: "user.info", answer: user.getdevice },
  "v2/user getgoals": { scope: "user.info", answer: user.getgoals },
  "notify subscribe": { scope: "user.info", answer: notify.subscribe },
  "notify get": { scope: "user.info", answer: notify.get },
  "notify list": { scope: "user.info", answer: notify.list },
  "notify update": { scope: "user.info", answer: notify.update },
  "notify revoke": { scope: "user.info", answer: notify.revoke },
};

const SECRETS = new Set(["client_secret", "code", "refresh_token", "access_token", "signature", "nonce"]);

export interface PublicCall {
  readonly method: string;
  readonly service: string;
  readonly query: string;
  readonly body: string;
  /** Of the Authorization header; undefined without one. */
  readonly authorization: string | undefined;
}

/** The services that both generations have under one path: an access token chooses this one. */
const SHARED: ReadonlySet<string> = new Set(["measure", "notify"]);

export const isPublicCall = (service: string, authorization: string | undefined): boolean =>
  service.startsWith("v2/") || (SHARED.has(service) && authorization !== undefined);

/** Answers one call of today's API: a status, a body, and words where it refuses. */
export async function answerPublicCall(
  call: PublicCall,
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, service } = call;
  const sent = sentIn(call.body);
  const action = sent.find(({ name }) => name === "action")?.value ?? "";
  const shown = sent.filter(({ name }) => name !== "action" && !SECRETS.has(name));
  const parameters = Object.fromEntries(shown.map(({ name, value }) => [name, value]));
  const log = (status: number, reason?: string) =>
    world.log.add({
      kind: "call",
      method,
      service,
      action,
      parameters,
      status,
      ...(reason !== undefined && { reason }),
    });
  try {
    if (method !== "POST" || call.query !== "") throw invalidParams("send a POST form");
    const fault = world.faults.take(service, action);
    if (fault && /^\d+$/.test(fault.kind)) throw new PublicRefusal(Number(fault.kind), "fault on demand");
    if (fault && (await failInstead(fault, world, request, response))) return log(-1, `fault on demand: ${fault.kind}`);
    const body = await answerOf(`${service} ${action}`, new Form(sent), call.authorization, world);
    log(0);
    send(response, 200, { status: 0, body });
  } catch (error) {
    if (!(error instanceof PublicRefusal)) throw error;
    log(error.status, error.message);
    send(response, error.httpStatus, { status: error.status, body: error.body, error: error.message });
  }
}

function answerOf(name: string, form: Form, authorization: string | undefined, world: World): Answered {
  const own = OWN[name];
  if (own) return own(form, world);
  const action = OF_PERSON[name];
  if (action === undefined) throw new PublicRefusal(2554, "Unknown action");
  const called = calledBy(authorization, world);
  const { application, consent } = called;
  if (!application.countCall()) throw tooManyCalls();
  const waitS = application.repeatsWithin(`${consent.userId} ${name} ${form.key}`);
  if (waitS > 0) throw sameArguments(waitS);
  if (!consent.scopes.includes(action.scope)) throw lacksScope();
  return action.answer(form, called);
}

function calledBy(authorization: string | undefined, world: World): Called {
  const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "";
  for (const application of world.applications.values()) {
    const consent = application.byAccessToken(token);
    const person = consent && world.byUserId(consent.userId);
    if (consent && person) return { world, person, application, consent };
  }
  throw unauthorized();
}

function send(response: ServerResponse, httpStatus: number, answer: object): void {
  response.writeHead(httpStatus, { "content-type": "application/json" }).end(JSON.stringify(answer));
}
