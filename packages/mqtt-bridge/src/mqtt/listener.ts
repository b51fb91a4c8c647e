import type { Config } from "../config/schema.ts";
import type { Log } from "../log.ts";
import { answerRequest, COMMAND_NAMES, type Incoming, type RequestHandlers, sendAnswer } from "../messages/requests.ts";
import type { Topics } from "../messages/topics.ts";
import type { ControlConnection } from "./control-connection.ts";
import type { Publisher } from "./publisher.ts";
import type { RetainedDocuments } from "./retained-documents.ts";
import type { StateGuard } from "./state-guard.ts";

export interface ListenerInput {
  readonly config: Config;
  readonly topics: Topics;
  readonly log: Log;
  readonly handlers: RequestHandlers;
  readonly retained: RetainedDocuments;
  readonly publisher: Publisher;
  readonly stateGuard: StateGuard;
  readonly control: () => ControlConnection | undefined;
}

/** Hears requests, Home Assistant's birth, and what others publish on bridge/state. */
export class Listener {
  readonly #input: ListenerInput;

  constructor(input: ListenerInput) {
    this.#input = input;
  }

  /** The topics to subscribe to. */
  get topics(): string[] {
    const { config, topics } = this.#input;
    const { enabled, status_topic: birth } = config.home_assistant;
    return [...COMMAND_NAMES.map((name) => topics.request(name)), topics.bridgeState, ...(enabled ? [birth] : [])];
  }

  /** Never rejects, and never throws. */
  hear(message: Incoming): void {
    const { config, topics, log, retained, publisher, stateGuard } = this.#input;
    if (message.topic === topics.bridgeState) return stateGuard.seen(message.payload);
    if (message.topic === config.home_assistant.status_topic) {
      if (message.payload !== "online") return;
      retained.publishEverythingSoon();
      publisher.releaseEvents();
      return;
    }
    this.#answer(message).catch((error: unknown) => log.warn("A request was not answered", { reason: String(error) }));
  }

  async #answer(message: Incoming): Promise<void> {
    const { config, topics, handlers, control } = this.#input;
    const name = COMMAND_NAMES.find((command) => topics.request(command) === message.topic);
    const connection = control();
    if (name === undefined || connection === undefined) return;
    const answer = await answerRequest(name, message, handlers);
    await sendAnswer(connection, message, answer, { ordinary: topics.response(name), config });
  }
}
