import type { Clock } from "@weighbridge/core";
import { HomeAssistantError } from "../errors.ts";
import { LIMITS } from "../limits.ts";

interface Received {
  readonly type: string;
  readonly id?: number;
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface HomeAssistantInput {
  /** As a person opens it in a browser. */
  readonly url: string;
  /** Long-lived access token. */
  readonly token: string;
  readonly clock: Clock;
}

const REMEDY = "Give the address that you open Home Assistant with, such as http://homeassistant.local:8123.";

/** Home Assistant over its WebSocket API: one command after the other. */
export class HomeAssistant {
  readonly #socket: WebSocket;
  readonly #input: HomeAssistantInput;
  #lastId = 0;
  #hear: (message: Received) => void = () => {};
  #end: (error: HomeAssistantError) => void = () => {};

  private constructor(input: HomeAssistantInput) {
    this.#input = input;
    const address = new URL(`${input.url.replace(/\/+$/, "")}/api/websocket`);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)) as Received);
    this.#socket.onerror = () => this.#end(unreachable(`Home Assistant does not answer at ${input.url}`));
    this.#socket.onclose = () => this.#end(unreachable("Home Assistant closed the connection"));
  }

  /** Resolves when the token was accepted. Throws a HomeAssistantError. */
  static async open(input: HomeAssistantInput): Promise<HomeAssistant> {
    const opened = new HomeAssistant(input);
    try {
      await opened.#until((message, done, fail) => {
        if (message.type === "auth_required") opened.#send({ type: "auth", access_token: input.token });
        else if (message.type === "auth_ok") done(undefined);
        else if (message.type === "auth_invalid")
          fail(
            new HomeAssistantError("Home Assistant refused the token", {
              code: "home_assistant_refused",
              remedy:
                "Make a long-lived access token of an administrator (your name, Security, at the bottom) and put it into the file.",
            }),
          );
      });
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Throws a HomeAssistantError. */
  command<T>(message: { readonly type: string } & Readonly<Record<string, unknown>>): Promise<T> {
    this.#lastId++;
    const id = this.#lastId;
    const answer = this.#until<T>((received, done, fail) => {
      if (received.type !== "result" || received.id !== id) return;
      if (received.success) done(received.result as T);
      else
        fail(
          new HomeAssistantError(`Home Assistant refused ${message.type}: ${received.error?.message ?? "no reason"}`, {
            code: "home_assistant_refused",
            remedy: "Use the token of an administrator. If it is one, report this with the version of Home Assistant.",
          }),
        );
    });
    this.#send({ id, ...message });
    return answer;
  }

  close(): void {
    this.#end = () => {};
    this.#socket.close();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Hears messages until one of them is the answer, the connection ends, or it takes too long. */
  async #until<T>(
    judge: (message: Received, done: (value: T) => void, fail: (error: HomeAssistantError) => void) => void,
  ): Promise<T> {
    const late = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#hear = (message) => judge(message, resolve, reject);
    this.#end = reject;
    this.#input.clock.sleep(LIMITS.homeAssistantAnswerMs, late.signal).then(
      () => reject(unreachable("Home Assistant did not answer in time")),
      () => {},
    );
    try {
      return await promise;
    } finally {
      late.abort();
    }
  }
}

const unreachable = (words: string) =>
  new HomeAssistantError(words, { code: "home_assistant_unreachable", remedy: REMEDY });
