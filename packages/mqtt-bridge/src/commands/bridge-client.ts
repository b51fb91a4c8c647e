import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { systemClock, WeighbridgeError } from "@weighbridge/core";
import type { ErrorAnswer } from "../admin/contract.ts";
import type { Config } from "../config/schema.ts";
import { ConfigError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { ResponseDocument } from "../messages/bridge-documents.ts";
import type { CommandName } from "../messages/requests.ts";

/** The running bridge does not answer, or refuses. */
export class BridgeError extends WeighbridgeError {
  readonly actor = "operator";
}

/** The bridge that runs with this configuration, asked through its private side. */
export class BridgeClient {
  readonly #base: string;
  readonly #token: string | undefined;

  /** Throws a ConfigError where the private side is switched off. */
  constructor({ admin }: Pick<Config, "admin">) {
    const { enabled, host, port, token } = admin;
    if (!enabled)
      throw new ConfigError("this command asks the running bridge, whose private side is switched off", {
        code: "config_invalid",
        remedy: "Set admin.enabled: true, and start the bridge again.",
      });
    this.#base = `http://${addressOf(host)}:${port}`;
    this.#token = token;
  }

  get<T>(path: string): Promise<T> {
    return this.#ask(path, { method: "GET" }) as Promise<T>;
  }

  /** Carries out a request as over MQTT; resolves with its answer. Throws a BridgeError where that is an error. */
  async request<T>(command: CommandName, payload: object): Promise<T> {
    const sent = { method: "POST", body: JSON.stringify(payload) };
    const document = (await this.#ask(`/api/requests/${command}`, sent)) as ResponseDocument;
    if (document.status === "ok") return document.data as T;
    const { code = "failed", message = "the bridge gave no reason" } = document.error ?? {};
    throw new BridgeError(message, { code, remedy: REMEDIES[code] ?? "Look at the log of the bridge." });
  }

  /** Posts, and yields each line of the answer until `stop`: a document, or undefined for a sign of life. */
  async *lines<T>(path: string, payload: object, stop: Promise<unknown>): AsyncGenerator<T | undefined> {
    const stopping = new AbortController();
    void stop.then(() => stopping.abort());
    try {
      const sent = { method: "POST", body: JSON.stringify(payload), headers: this.#headers, signal: stopping.signal };
      const response = await fetch(`${this.#base}${path}`, sent);
      if (!response.ok) throw refused((await response.json()) as ErrorAnswer);
      const input = Readable.fromWeb(response.body as ReadableStream);
      for await (const line of createInterface({ input })) yield line === "" ? undefined : (JSON.parse(line) as T);
    } catch (error) {
      if (!stopping.signal.aborted) throw error instanceof BridgeError ? error : this.#unreachable(error);
    }
  }

  get #headers(): Record<string, string> {
    return {
      "content-type": "application/json",
      ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
    };
  }

  async #ask(path: string, sent: { readonly method: string; readonly body?: string }): Promise<unknown> {
    const [late, done] = [new AbortController(), new AbortController()];
    systemClock.sleep(LIMITS.bridgeAnswerMs, done.signal).then(
      () => late.abort(),
      () => {},
    );
    try {
      const response = await fetch(`${this.#base}${path}`, { ...sent, headers: this.#headers, signal: late.signal });
      const document: unknown = await response.json();
      if (response.ok) return document;
      throw refused(document as ErrorAnswer);
    } catch (error) {
      throw error instanceof BridgeError ? error : this.#unreachable(error);
    } finally {
      done.abort();
    }
  }

  #unreachable(cause: unknown): BridgeError {
    return new BridgeError(`no bridge answers at ${this.#base}`, {
      code: "bridge_unreachable",
      remedy:
        "Start it with weighbridge run, or give the --config that it runs with: admin.host and admin.port lead to it.",
      cause,
    });
  }
}

const refused = ({ error }: ErrorAnswer) => new BridgeError(error.message, { code: error.code, remedy: error.remedy });

/** An address of all interfaces is none to connect to. */
const addressOf = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
};

/** By code of a request's error. */
const REMEDIES: Readonly<Record<string, string>> = {
  unknown_person: "Give a person of the configuration with --person; weighbridge users lists them.",
  unknown_weigh_in: "weighbridge weigh-ins --held lists those that wait.",
  not_held: "Correct it in the app of the service: the bridge follows.",
  no_callback_url: "Set callback.public_url and start the bridge again.",
};
