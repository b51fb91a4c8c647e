import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { failInstead } from "./faults-answer.ts";
import { forLog, Parameters, sentIn, UNKNOWN_ERROR } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { getuserslist } from "./services/account.ts";
import type { Action } from "./services/action.ts";
import * as measure from "./services/measure.ts";
import * as notify from "./services/notify.ts";
import * as once from "./services/once.ts";
import * as user from "./services/user.ts";
import type { World } from "./world.ts";

/** Every action of every service. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  once: { probe: once.probe, get: once.get },
  account: { getuserslist },
  user: { getbyuserid: user.getbyuserid, update: user.update },
  measure: { getmeas: measure.getmeas },
  notify: { subscribe: notify.subscribe, get: notify.get, list: notify.list, revoke: notify.revoke },
};

const UNKNOWN_ACTION = 2554;
const UNKNOWN_SERVICE = 2556;
const FORM = "application/x-www-form-urlencoded";

export interface Call {
  readonly method: string;
  readonly service: string;
  readonly query: string;
  readonly contentType: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body?: object;
}

/** Answers one call of the API: application errors come with HTTP 200 and a bare status. */
export async function answerCall(call: Call, world: World, request: IncomingMessage, response: ServerResponse) {
  const { method, service } = call;
  const sent = [...sentIn(call.query), ...(isForm(call) ? sentIn(call.body) : [])];
  const action = sent.find(({ name }) => name === "action")?.value ?? "";
  const { hide, parameters } = forLog(sent, (text) => world.isKey(text));
  const log = (status: number, reason?: string) => {
    const why = reason === undefined ? {} : { reason: hide(reason) };
    world.log.add({ kind: "call", method, service, action: hide(action), parameters, status, ...why });
  };
  let answer: Answer;
  let reason: string | undefined;
  try {
    refuseWrongWay(call);
    const read = new Parameters(sent);
    const fault = world.faults.take(service, action);
    if (fault && (await failInstead(fault, world, request, response))) return log(-1, `fault on demand: ${fault.kind}`);
    const body = await actionOf(service, action, fault)(read, world);
    if (fault?.kind === "lose-answer") {
      request.socket.destroy();
      return log(-1, `fault on demand: ${fault.kind}`);
    }
    answer = body === undefined ? { status: 0 } : { status: 0, body };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = { status: error.status };
    reason = error.message;
  }
  log(answer.status, reason);
  // JSON as text/plain, and HTTP 403 for an unknown service: as captured of the real one.
  response.writeHead(answer.status === UNKNOWN_SERVICE ? 403 : 200, { "content-type": "text/plain" });
  response.end(JSON.stringify(answer));
}

const isForm = ({ contentType }: Call) => contentType.startsWith(FORM);

function refuseWrongWay(call: Call): void {
  const { method, body } = call;
  if (method !== "GET" && method !== "POST") throw new Refusal(UNKNOWN_ERROR, `${method} is not a way to call`);
  if (body === "") return;
  if (method === "GET") throw new Refusal(UNKNOWN_ERROR, "a GET has no body");
  if (!isForm(call)) throw new Refusal(UNKNOWN_ERROR, `a POST is sent as ${FORM}`);
}

function actionOf(service: string, name: string, fault: Fault | undefined): Action {
  const actions = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (actions === undefined) throw new Refusal(UNKNOWN_SERVICE, `there is no service ${service}`);
  if (name === "") throw new Refusal(UNKNOWN_ACTION, "action is absent");
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new Refusal(UNKNOWN_ACTION, `${service} has no action ${name}`);
  if (fault?.kind === "ignore-offset" && action === measure.getmeas)
    return (parameters, world) => measure.answer(parameters, world, true);
  return action;
}
