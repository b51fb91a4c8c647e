import type { Clock } from "@weighbridge/core";
import mqtt, { type IClientOptions, type MqttClient, type Packet } from "mqtt";
import { LIMITS } from "../limits.ts";
import { type BrokerAddress, type Session, sessionOf } from "./broker.ts";
import type { BrokerProblem, Ending } from "./endings.ts";
import { type Attempt, RetryPolicy } from "./retry-policy.ts";

/** A connection that CONNACK accepted. */
export interface Made {
  readonly client: MqttClient;
  readonly session: Session;
}

export interface LinkInput {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  readonly clock: Clock;
  /** Made for each connection: nothing of mqtt.js outlives one. */
  options(attempt: Attempt, session: () => Session): IClientOptions;
  /** True where the broker has to forget the session first: a connection that only starts clean and ends comes before. */
  mustForget?(): boolean;
  /** The broker has forgotten it. */
  onForgotten?(): void;
  /** Each packet behind CONNACK, before mqtt.js acts on it. */
  onPacket?(packet: Packet): void;
  /** CONNACK accepted the connection; stored packets are not sent again yet. */
  onConnected(made: Made): void;
  /** Stored packets were sent again. */
  onReady(): void;
  /** A connection that was made is over. */
  onLost(reason: number | undefined): void;
  /** Each kind once, until a connection has lasted. */
  onProblem(problem: BrokerProblem): void;
  /** The broker is there, and stays. */
  onGood?(): void;
}

/** One connection at a time, made again whenever it ends. Reads CONNACK and DISCONNECT, so that no ending is silent. */
export class Link {
  readonly #input: LinkInput;
  readonly #policy: RetryPolicy;
  readonly #closing = new AbortController();
  readonly #told = new Set<string>();
  #client: MqttClient | undefined;

  constructor(input: LinkInput) {
    this.#input = input;
    this.#policy = new RetryPolicy(input.broker.version);
  }

  start(): void {
    // Ends only by the abort of `close`.
    this.#run().catch(() => {});
  }

  /** Without waiting for what is in flight: that goes on with the next connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client?.endAsync(true);
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { clock } = this.#input;
    while (!signal.aborted) {
      const standing = new AbortController();
      const { ending, hasStood } = await this.#connect(standing).finally(() => standing.abort());
      if (signal.aborted) return;
      if (ending.phase === "forgotten") continue;
      const { problem, waitMs } = this.#policy.after(ending, hasStood);
      this.#report(problem);
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }

  /** Resolves when the connection is over. */
  async #connect(standing: AbortController): Promise<{ readonly ending: Ending; readonly hasStood: boolean }> {
    let hasStood = false;
    const onMade = () => {
      this.#policy.made();
      const isLooping = this.#policy.isLooping;
      if (!isLooping) this.#input.onGood?.();
      this.#input.clock.sleep(LIMITS.connectionStandsMs, standing.signal).then(
        () => {
          hasStood = true;
          this.#policy.stood();
          this.#told.clear();
          if (isLooping) this.#input.onGood?.();
        },
        () => {},
      );
    };
    const ending = await new Promise<Ending>((resolve) => {
      try {
        this.#client = this.#open(onMade, resolve);
      } catch (error) {
        // A certificate or key that cannot be used.
        resolve({ phase: "connecting", error: error as Error });
      }
    });
    return { ending, hasStood };
  }

  #open(onMade: () => void, resolve: (ending: Ending) => void): MqttClient {
    const { clock, onConnected, onLost, onPacket, onReady } = this.#input;
    let session: Session | undefined;
    // A session that started clean is not kept by every broker: Mosquitto 2.0 loses it with its next restart, also at MQTT 5. So the connection
    // that starts clean does nothing else, and the next one begins the session that is used.
    const forgets = this.#input.mustForget?.() === true;
    let hasForgotten = false;
    const client = mqtt.connect(
      this.#input.broker.url,
      this.#optionsOf(forgets ? { clean: true } : this.#input.options(this.#policy.attempt, () => session as Session)),
    );
    const waiting = new AbortController();
    let isOver = false;
    const finish = (ending: Omit<Ending, "phase"> & { readonly phase?: Ending["phase"] }) => {
      if (isOver) return;
      isOver = true;
      waiting.abort();
      client.end(true);
      // Rejects what waits for an answer.
      for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
      if (session !== undefined) onLost(ending.reason);
      resolve(
        hasForgotten ? { phase: "forgotten" } : { phase: session === undefined ? "connecting" : "made", ...ending },
      );
    };
    client.on("packetreceive", (packet) => {
      if (isOver) return;
      if (packet.cmd === "connack") {
        const reason = packet.reasonCode || packet.returnCode;
        if (reason) return finish({ phase: "refused", reason });
        if (forgets) return;
        waiting.abort();
        // mqtt.js leaves Nagle's algorithm on, which stalls a handshake of small packets for 40 ms.
        (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
        session = sessionOf(packet);
        onConnected({ client, session });
        onMade();
      } else onPacket?.(packet);
    });
    client.on("connect", () => {
      if (isOver) return;
      if (!forgets) return onReady();
      hasForgotten = true;
      this.#policy.made();
      this.#input.onForgotten?.();
      client.end();
    });
    client.on("disconnect", ({ reasonCode = 0 }) => finish({ reason: reasonCode }));
    client.on("error", (error) => {
      // An answer that answers nothing harms nobody.
      if (session === undefined || !error.message.startsWith("Protocol error")) finish({ error });
    });
    // mqtt.js keeps errors without a code to itself, such as that of a web server that refuses the web socket.
    client.stream.on("error", (error: Error) => finish({ error }));
    client.on("close", () => finish({}));
    clock.sleep(LIMITS.mqttConnectMs, waiting.signal).then(
      () => finish({ isMute: true }),
      () => {},
    );
    return client;
  }

  #optionsOf(more: IClientOptions): IClientOptions {
    const { broker, clientId } = this.#input;
    const { url: _url, version: _version, ...login } = broker;
    const { attempt } = this.#policy;
    return {
      ...login,
      clientId,
      protocolVersion: attempt.version,
      keepalive: LIMITS.mqttKeepaliveS,
      // Both are this class's own work, by the clock that it is given.
      reconnectPeriod: 0,
      connectTimeout: 2 ** 31 - 1,
      resubscribe: false,
      ...more,
    };
  }

  #report(problem: BrokerProblem): void {
    if (this.#told.has(problem.message)) return;
    this.#told.add(problem.message);
    this.#input.onProblem(problem);
  }
}
