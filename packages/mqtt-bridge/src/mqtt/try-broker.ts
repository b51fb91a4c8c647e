import { randomBytes } from "node:crypto";
import type { Clock } from "@weighbridge/core";
import type { Config } from "../config/schema.ts";
import { topicsBelow } from "../messages/topics.ts";
import { brokerOf } from "./broker-of.ts";
import { type BrokerProblem, reasonOf } from "./endings.ts";
import { Link, type Made } from "./link.ts";

type Problem = Pick<BrokerProblem, "message" | "remedy">;

/** Connects once and publishes one message that nobody listens for. Resolves with what is wrong; undefined where nothing is. */
export async function tryBroker(config: Config, clock: Clock): Promise<Problem | undefined> {
  const { promise, resolve } = Promise.withResolvers<Problem | undefined>();
  let made: Made | undefined;
  const topic = topicsBelow(config.mqtt.base_topic).response("init");
  const link = new Link({
    broker: brokerOf(config),
    clientId: `weighbridge${randomBytes(5).toString("hex")}`,
    clock,
    options: () => ({ clean: true }),
    onConnected: (connected) => {
      made = connected;
    },
    onReady: () => void published(made as Made, topic).then(resolve),
    onLost: () => {},
    onProblem: (problem) => {
      if (!problem.isFallback) resolve(problem);
    },
  });
  link.start();
  try {
    return await promise;
  } finally {
    await link.close();
  }
}

/** Only MQTT 5 says that a message was refused. */
async function published({ client, session }: Made, topic: string): Promise<Problem | undefined> {
  try {
    await client.publishAsync(topic, "{}", { qos: session.maximumQos === 0 ? 0 : 1 });
    return undefined;
  } catch (error) {
    if (reasonOf(error) === undefined) return { message: `The broker took no message: ${(error as Error).message}` };
    return {
      message: `The broker does not let this user publish ${topic}`,
      remedy: "Let the user of mqtt.username publish there and below homeassistant/, by the broker's access rules.",
    };
  }
}
