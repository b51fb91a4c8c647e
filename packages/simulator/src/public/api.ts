import type { IncomingMessage, ServerResponse } from "node:http";
import { failInstead } from "../faults-answer.ts";
import { type Sent, sentIn } from "../parameters.ts";
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
  "v2/oauth2 getdemoaccess": oauth.getdemoaccess,
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
const FORM = "application/x-www-form-urlencoded";

export interface PublicCall {
  readonly method: string;
  readonly service: string;
  readonly query: string;
  readonly contentType: string;
  readonly body: string;
  /** Of the Authorization header; undefined without one. */
  readonly authorization: string | undefined;
}

/** The services that both generations have under one path: an access token chooses this one. */
const SHARED: ReadonlySet<string> = new Set(["measure", "notify"]);

const valueIn = (sent: readonly Sent[], wanted: string) => sent.find(({ name }) => name === wanted)?.value;

export const isPublicCall = ({ service, authorization, body }: PublicCall): boolean =>
  service.startsWith("v2/") ||
  (SHARED.has(service) && (authorization !== undefined || valueIn(sentIn(body), "access_token") !== undefined));

/** Answers one call of today's API: a status, a body, and words where it refuses. */
export async function answerPublicCall(
  call: PublicCall,
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, service } = call;
  const sent = sentIn(call.body);
  const action = valueIn(sent, "action") ?? "";
  const shown = sent.filter(({ name }) => name !== "action" && !SECRETS.has(name));
  const parameters = Object.fromEntries(shown.map(({ name, value }) => [name, value]));
  const token = tokenOf(call, sent);
  const who = callerOf(token, sent, world);
  const log = (status: number, reason?: string) => {
    const why = reason === undefined ? {} : { reason };
    world.log.add({ kind: "call", method, service, action, ...who, parameters, status, ...why });
  };
  try {
    refuseWrongWay(call);
    const fault = world.faults.take(service, action);
    if (fault && /^\d+$/.test(fault.kind)) throw onDemand(Number(fault.kind), fault.ms);
    if (fault && (await failInstead(fault, world, request, response))) return log(-1, `fault on demand: ${fault.kind}`);
    const ignoresOffset = fault?.kind === "ignore-offset";
    const body = await answerOf({ name: `${service} ${action}`, form: new Form(sent), token, ignoresOffset }, world);
    if (fault?.kind === "lose-answer") {
      request.socket.destroy();
      return log(-1, `fault on demand: ${fault.kind}`);
    }
    log(0);
    send(world, response, 200, { status: 0, body });
  } catch (error) {
    if (!(error instanceof PublicRefusal)) throw error;
    log(error.status, error.message);
    send(world, response, error.httpStatus, { status: error.status, body: error.body, error: error.message });
  }
}

function onDemand(status: number, ms: number | undefined): PublicRefusal {
  const body = ms === undefined ? {} : { wait_seconds: Math.ceil(ms / 1000) };
  return new PublicRefusal(status, "fault on demand", { body });
}

function refuseWrongWay({ method, query, contentType }: PublicCall): void {
  if (method !== "POST" || query !== "" || !contentType.startsWith(FORM)) throw invalidParams("send a POST form");
}

/** An access token in the form is taken, too; the header is the documented place. */
const tokenOf = ({ authorization }: PublicCall, sent: readonly Sent[]): string =>
  authorization === undefined
    ? (valueIn(sent, "access_token") ?? "")
    : (/^Bearer (\S+)$/.exec(authorization)?.[1] ?? "");

/** For the log: which application called, and about whom. */
function callerOf(token: string, sent: readonly Sent[], world: World): { application?: string; person?: string } {
  const called = calledBy(token, world);
  if (called) return { application: called.application.name, person: called.person.name };
  const application = world.applications.get(valueIn(sent, "client_id") ?? "");
  return application ? { application: application.name } : {};
}

interface Asked {
  /** Service and action. */
  readonly name: string;
  readonly form: Form;
  readonly token: string;
  readonly ignoresOffset: boolean;
}

function answerOf({ name, form, token, ignoresOffset }: Asked, world: World): Answered {
  const own = OWN[name];
  if (own) return own(form, world);
  const action = OF_PERSON[name];
  if (action === undefined) throw new PublicRefusal(2554, "Unknown action");
  const called = calledBy(token, world);
  if (called === undefined) throw unauthorized();
  const { application, consent } = called;
  application.usesAccessToken(token);
  if (!application.countCall()) throw tooManyCalls();
  const waitS = application.repeatsWithin(`${consent.userId} ${name} ${form.key}`);
  if (waitS > 0) throw sameArguments(waitS);
  if (!consent.scopes.includes(action.scope)) throw lacksScope();
  return action.answer(form, { ...called, ignoresOffset });
}

function calledBy(token: string, world: World): Omit<Called, "ignoresOffset"> | undefined {
  for (const application of world.applications.values()) {
    const consent = application.byAccessToken(token);
    const person = consent && world.byUserId(consent.userId);
    if (consent && person) return { world, person, application, consent };
  }
  return undefined;
}

/** The Date header is the service's clock: clients check theirs with it. */
function send(world: World, response: ServerResponse, httpStatus: number, answer: object): void {
  const date = new Date(world.clock.now()).toUTCString();
  response.writeHead(httpStatus, { "content-type": "application/json", date }).end(JSON.stringify(answer));
}
