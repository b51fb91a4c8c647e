import type { Clock } from "@weighbridge/core";
import type { OnMessageCallback } from "mqtt";
import { LIMITS } from "../limits.ts";
import type { Incoming } from "../messages/requests.ts";
import { type BrokerAddress, sizeOfPublish } from "./broker.ts";
import { REFUSALS, reasonOf } from "./endings.ts";
import { Link, type Made } from "./link.ts";

/** An ordinary connection: takes requests, answers them. */
export interface ControlConnection {
  readonly isConnected: boolean;
  /** At QoS 1. Rejects where the broker refuses it, where it is larger than the broker takes, and where the connection ends first. */
  publish(
    topic: string,
    payload: string,
    more?: { readonly retain?: boolean; readonly correlationData?: Buffer },
  ): Promise<void>;
  /** Topics below these filters that the broker holds a retained message of, as far as it sends them within a moment. */
  retainedTopics(filters: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

interface ControlInput {
  readonly broker: BrokerAddress;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly clock: Clock;
  onMessage(message: Incoming): void;
  onConnected(): void;
  /** The broker refused the subscription to this topic. */
  onDeaf(topic: string, reason: number): void;
  /** The connection ended or cannot be made; called once for each kind. */
  onProblem(words: string): void;
  /** Problems of the broker as a whole are reported by the other connection. */
  isBrokerThere(): boolean;
}

/** Bytes of a response's properties, at most: only correlation data are of any size. */
const PROPERTY_BYTES = 16;

export function connectForControl(input: ControlInput): ControlConnection {
  const { broker, clientId, clock, isBrokerThere, onConnected, onProblem } = input;
  let made: Made | undefined;
  const link = new Link({
    broker,
    clientId,
    clock,
    options: ({ version }) => ({
      clean: true,
      ...(version === 5 ? { properties: { maximumPacketSize: LIMITS.controlPacketBytes } } : {}),
    }),
    onConnected: (connected) => {
      made = connected;
      listen(connected, input);
    },
    onReady: () => {
      subscribe(made as Made, input);
      onConnected();
    },
    onLost: () => {
      made = undefined;
    },
    onProblem: ({ message, isFallback }) => {
      if (isBrokerThere() && !isFallback) onProblem(message);
    },
  });
  link.start();
  return {
    get isConnected() {
      return made?.client.connected === true;
    },
    publish: (topic, payload, more = {}) => publish(made, { topic, payload, ...more }),
    retainedTopics: (filters) => retainedTopics(made, filters, clock),
    close: () => link.close(),
  };
}

function listen({ client }: Made, { onMessage }: ControlInput): void {
  client.on("message", (topic, payload, { retain, properties }) => {
    const { responseTopic, correlationData } = properties ?? {};
    onMessage({
      topic,
      payload: payload.subarray(0, LIMITS.requestBytes + 1).toString("utf8"),
      isRetained: retain,
      ...(responseTopic === undefined ? {} : { responseTopic }),
      ...(correlationData === undefined ? {} : { correlationData }),
    });
  });
}

function subscribe({ client }: Made, { topics, onDeaf }: ControlInput): void {
  for (const topic of topics)
    client.subscribe(topic, { qos: 1 }, (_error, _granted, answer) => {
      const [reason = 0] = answer?.granted ?? [];
      if (Number(reason) >= REFUSALS) onDeaf(topic, Number(reason));
    });
}

async function retainedTopics(made: Made | undefined, filters: readonly string[], clock: Clock): Promise<string[]> {
  if (made === undefined) throw new Error("there is no connection to the broker");
  const { client } = made;
  const topics: string[] = [];
  const collect: OnMessageCallback = (topic, payload, { retain }) => {
    if (retain && payload.length > 0) topics.push(topic);
  };
  client.on("message", collect);
  try {
    // A filter that the broker refuses brings nothing.
    await client.subscribeAsync([...filters], { qos: 0 }).catch(() => {});
    await clock.sleep(LIMITS.retainedReadMs);
    await client.unsubscribeAsync([...filters]).catch(() => {});
  } finally {
    client.off("message", collect);
  }
  return topics;
}

interface Publish {
  readonly topic: string;
  readonly payload: string;
  readonly retain?: boolean;
  readonly correlationData?: Buffer;
}

async function publish(made: Made | undefined, { topic, payload, retain = false, correlationData }: Publish) {
  if (made === undefined) throw new Error("there is no connection to the broker");
  const { client, session } = made;
  const size = sizeOfPublish({ topic, payload }) + PROPERTY_BYTES + (correlationData?.length ?? 0);
  if (size > session.maximumPacketSize)
    throw new Error(`the broker takes no packet above ${session.maximumPacketSize} bytes; this one has ${size}`);
  const properties = correlationData === undefined ? {} : { properties: { correlationData } };
  try {
    await client.publishAsync(topic, payload, {
      qos: session.maximumQos === 0 ? 0 : 1,
      retain: retain && session.canRetain,
      ...properties,
    });
  } catch (cause) {
    throw reasonOf(cause) === undefined
      ? new Error("the connection ended before the broker took it", { cause })
      : cause;
  }
}
