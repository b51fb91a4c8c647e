import { DOCUMENT_SCHEMA, type Verdict } from "@weighbridge/core";
import * as z from "zod";
import type { Config } from "../config/schema.ts";
import { LIMITS } from "../limits.ts";
import type { ResponseDocument } from "./bridge-documents.ts";
import { messageOn } from "./documents.ts";
import type { Topic } from "./topics.ts";

/** A message that came: a request, or one of Home Assistant. */
export interface Incoming {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
}

/** The way of an answer back. */
interface AnswerPort {
  publish(topic: string, payload: string, more?: { readonly correlationData?: Buffer }): Promise<void>;
}

interface DecisionRequest {
  readonly person: string;
  readonly weighInId: number;
  readonly verdict: Verdict;
  /** A person pressed a button that answers whichever weigh-in is the newest. */
  readonly isPressed: boolean;
}

/** The actions that a request can ask for. Each resolves with the data of the response, or throws a RequestError. */
export interface RequestHandlers {
  sync(person: string | undefined): Promise<object>;
  decide(decision: DecisionRequest): Promise<object>;
  subscription(person: string | undefined): Promise<object>;
  health(): Promise<object>;
  publishDiscovery(): Promise<object>;
}

/** Codes of answers; docs/troubleshooting.md explains them. */
export const REQUEST_ERROR_CODES = [
  "retained",
  "invalid",
  "unknown_person",
  "unknown_weigh_in",
  "not_held",
  "pressed_twice",
  "no_callback_url",
] as const;

type RequestErrorCode = (typeof REQUEST_ERROR_CODES)[number];

/** The request cannot be done as it stands. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string) {
    super(message);
    this.name = "RequestError";
    this.code = code;
  }
}

const transaction = z.union([z.string().max(256), z.number()]).optional();
const person = z.string().min(1);
const anybody = z.strictObject({ person: person.optional(), transaction });
const pressed = z.boolean().optional().describe("Sent by a button: its second press within 3 s answers no other one");
const weighIn = z.strictObject({ person, weigh_in: z.int(), pressed, transaction });
const nothing = z.strictObject({ transaction });

interface Command<S extends z.ZodType> {
  readonly schema: S;
  run(handlers: RequestHandlers, input: z.output<S>): Promise<object>;
}
const command = <S extends z.ZodType>(schema: S, run: Command<S>["run"]): Command<S> => ({ schema, run });

const decision = (verdict: Verdict) =>
  command(weighIn, (handlers, { person, weigh_in: weighInId, pressed: isPressed = false }) =>
    handlers.decide({ person, weighInId, verdict, isPressed }),
  );

/** By the last part of the request's topic. */
const COMMANDS = {
  sync: command(anybody, (handlers, input) => handlers.sync(input.person)),
  claim: decision("claimed"),
  refuse: decision("refused"),
  subscription: command(anybody, (handlers, input) => handlers.subscription(input.person)),
  health: command(nothing, (handlers) => handlers.health()),
  publish_discovery: command(nothing, (handlers) => handlers.publishDiscovery()),
} as const;

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** The JSON Schema of a command's payload. */
export const requestSchema = (name: CommandName): object =>
  z.toJSONSchema(COMMANDS[name].schema, { target: "draft-7", io: "input" });

type Answer = Omit<ResponseDocument, "schema">;

/** Does what a request asks for; never throws. */
export async function answerRequest(name: CommandName, message: Incoming, handlers: RequestHandlers): Promise<Answer> {
  let echoed: { transaction?: string | number } = {};
  try {
    const json = parsed(message.payload);
    const asked = z.looseObject({ transaction }).safeParse(json);
    if (asked.success && asked.data.transaction !== undefined) echoed = { transaction: asked.data.transaction };
    if (message.isRetained)
      throw new RequestError(
        "retained",
        "A retained request would run again at each start: publish it without the retain flag, and clear the topic with an empty retained message.",
      );
    const { schema, run } = COMMANDS[name] as Command<z.ZodType>;
    const input = schema.safeParse(json, { reportInput: true });
    if (!input.success) throw new RequestError("invalid", wordsOf(input.error));
    return { status: "ok", data: await run(handlers, input.data), ...echoed };
  } catch (error) {
    const code = error instanceof RequestError ? error.code : ((error as { code?: string }).code ?? "failed");
    return { status: "error", error: { code, message: (error as Error).message }, ...echoed };
  }
}

const wordsOf = ({ issues }: z.ZodError): string =>
  issues
    .map((issue) => {
      if (issue.code === "unrecognized_keys") return `there is no key ${issue.keys.join(", ")}`;
      const [key] = issue.path;
      if (key === undefined) return 'a request is a JSON object, such as {"person": "ada"}';
      if (issue.input === undefined) return `${String(key)} is missing`;
      if (issue.code === "invalid_type")
        return `${String(key)} must be a ${issue.expected === "int" ? "number" : issue.expected}`;
      return `${String(key)}: ${issue.message}`;
    })
    .join("; ");

/** An empty payload asks for nothing in particular. */
function parsed(payload: string): unknown {
  if (payload.length > LIMITS.requestBytes)
    throw new RequestError("invalid", `The request is longer than ${LIMITS.requestBytes} characters.`);
  if (payload.trim() === "") return {};
  try {
    return JSON.parse(payload);
  } catch {
    throw new RequestError("invalid", `The request is not JSON: ${payload.slice(0, 60)}`);
  }
}

interface ResponseTopics {
  /** The command's own topic: every answer goes there unless the requester names a topic that is allowed. */
  readonly ordinary: Topic<ResponseDocument>;
  readonly config: {
    readonly mqtt: Pick<Config["mqtt"], "base_topic">;
    readonly home_assistant: Pick<Config["home_assistant"], "discovery_prefix" | "status_topic">;
  };
}

/**
 * True for a topic that a requester may have the answer on. The bridge may publish where the requester may not, so a response topic could
 * forge discovery or a person's state; a broker ends the connection of a client that publishes to a malformed topic.
 */
function isAllowed(topic: string, { mqtt, home_assistant }: ResponseTopics["config"]): boolean {
  const isTopic = topic !== "" && !/[+#\p{Cc}\p{Noncharacter_Code_Point}]/u.test(topic) && !topic.startsWith("$");
  const isShort =
    topic.length <= LIMITS.responseTopicCharacters && topic.split("/").length <= LIMITS.responseTopicLevels;
  const isIn = (base: string) => topic === base || topic.startsWith(`${base}/`);
  const isOwn = isIn(mqtt.base_topic) && !topic.startsWith(`${mqtt.base_topic}/bridge/response/`);
  const isHomeAssistants = isIn(home_assistant.discovery_prefix) || isIn(home_assistant.status_topic);
  return isTopic && isShort && !isOwn && !isHomeAssistants;
}

/** Publishes an answer on the response topic of MQTT 5 where that is allowed, or else on the command's own topic. */
export async function sendAnswer(
  connection: AnswerPort,
  { responseTopic, correlationData }: Incoming,
  answer: Answer,
  topics: ResponseTopics,
): Promise<void> {
  const more = correlationData === undefined ? {} : { correlationData };
  const isWanted = responseTopic !== undefined && isAllowed(responseTopic, topics.config);
  const topic: Topic<ResponseDocument> = isWanted ? responseTopic : topics.ordinary;
  const { payload } = messageOn(topic, { schema: DOCUMENT_SCHEMA, ...answer });
  await connection.publish(topic, payload, more);
}
